// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.spy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.Gap;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.ring.RingWriter;
import dev.unraced.server.Limits;
import dev.unraced.sim.SimKernel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Tests what a capture asks of the server to which it comes back, and what ends it instead. */
@Timeout(120)
class ReconnectTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PATIENCE_NANOS = PATIENCE.toNanos();

    private final SimKernel kernel = SimKernel.create();

    private Served shared(Mitigation mode) {
        return Served.shared(
                kernel.driver(),
                () -> CaptureConfig.builder().ringBytes(1 << 20).mitigation(mode));
    }

    private Served own() {
        return Served.own(kernel.driver(), () -> CaptureConfig.builder().ringBytes(1 << 20));
    }

    /** Starts a server of other captures at the address of one that has stopped. */
    private Served successor(Served gone, boolean withShared, Mitigation mode) {
        return new Served(
                kernel.driver(),
                () -> CaptureConfig.builder().ringBytes(1 << 20).mitigation(mode),
                withShared,
                limits -> new Limits(64, withShared ? 0 : 16, 1024, limits.ringBytes()),
                settings -> Served.at(settings, gone.socket()));
    }

    private static void stop(Served served) {
        served.server().stop(TimeUnit.SECONDS.toNanos(1));
        served.captures().close();
    }

    private static Capture open(Served served, UnaryOperator<CaptureConfigBuilder> with) {
        return served.driver().open(with.apply(served.client()).build());
    }

    private static long endedGaps(Capture capture) {
        return capture.gaps().stream().filter(Gap::ended).count();
    }

    /** Reads until the event of a call that has returned. Returns whether each event before was an enter event. */
    private static List<Boolean> readCall(Capture capture) {
        List<Boolean> entries = new ArrayList<>();
        while (!entries.contains(false)) {
            assertThat(capture.await(event -> entries.add(event.isEnter()), 1, PATIENCE_NANOS))
                    .isEqualTo(1);
        }
        return entries;
    }

    @Test
    void enterEventsThatBeganLaterGoOnAfterABreak() {
        try (Served served = shared(Mitigation.STASH);
                Capture capture = open(served, config -> config)) {
            capture.publishEnterEvents(true);
            kernel.process("before").thread().openat("/etc/hosts").finish();
            assertThat(readCall(capture)).containsExactly(true, false);
            served.restart();
            kernel.process("after").thread().openat("/etc/hosts").finish();
            assertThat(readCall(capture)).containsExactly(true, false);
        }
    }

    @Test
    void anOwnCaptureThatIsMadeAgainHasTheModeAndTheEnterEventsOfTheLastChange() {
        Served gone = own();
        try (gone;
                Capture capture =
                        open(gone, config -> config.mitigation(Mitigation.OFF).set("remote.own-capture", true))) {
            capture.switchTo(Mitigation.STASH);
            capture.publishEnterEvents(true);
            stop(gone);
            try (Served next = successor(gone, false, Mitigation.KERNEL)) {
                await().atMost(PATIENCE).until(() -> endedGaps(capture) == 1);
                assertThat(capture.mitigation()).isEqualTo(Mitigation.STASH);
                assertThat(capture.enterEvents()).isTrue();
                assertThat(next.captures().shared()).isEmpty();
            }
        }
    }

    @Test
    void aServerThatBeginsAnewInAnotherModeThanAskedForEndsTheCapture() {
        Served gone = shared(Mitigation.STASH);
        try (gone;
                Capture demanding = open(gone, config -> config.mitigation(Mitigation.STASH));
                Capture content = open(gone, config -> config)) {
            stop(gone);
            try (Served next = successor(gone, true, Mitigation.OFF)) {
                assertThatThrownBy(() -> demanding.await(event -> {}, 1, PATIENCE_NANOS))
                        .isInstanceOf(CaptureException.class)
                        .hasMessageContaining("runs with mitigation off, not stash");
                assertThat(demanding.isEnded()).isTrue();
                assertThat(demanding.gaps()).hasSize(1);
                assertThat(demanding.stats().imbalance()).isZero();
                await().atMost(PATIENCE).until(() -> endedGaps(content) == 1);
                assertThat(content.mitigation()).isEqualTo(Mitigation.OFF);
                assertThat(next.captures().shared().orElseThrow().isEnded()).isFalse();
            }
        }
    }

    @Test
    void aModeThatTheSubscriberHasSetIsAskedOfTheNextServer() {
        Served gone = shared(Mitigation.STASH);
        try (gone;
                Capture capture = open(gone, config -> config)) {
            capture.switchTo(Mitigation.KERNEL);
            stop(gone);
            try (Served next = successor(gone, true, Mitigation.STASH)) {
                assertThatThrownBy(() -> capture.await(event -> {}, 1, PATIENCE_NANOS))
                        .isInstanceOf(CaptureException.class)
                        .hasMessageContaining("runs with mitigation stash, not kernel");
                assertThat(next.captures().shared().orElseThrow().isEnded()).isFalse();
            }
        }
    }

    @Test
    void aServerThatBeginsAnewWithoutTheEnterEventsThatWereAskedForEndsTheCapture() {
        Served gone = Served.shared(
                kernel.driver(),
                () -> CaptureConfig.builder().ringBytes(1 << 20).enterEvents(true));
        try (gone;
                Capture capture = open(gone, config -> config.enterEvents(true))) {
            stop(gone);
            try (Served next = successor(gone, true, Mitigation.STASH)) {
                assertThatThrownBy(() -> capture.await(event -> {}, 1, PATIENCE_NANOS))
                        .isInstanceOf(CaptureException.class)
                        .hasMessageContaining("makes no enter events");
                assertThat(next.captures().shared().orElseThrow().isEnded()).isFalse();
            }
        }
    }

    @Test
    void whatThrowsWhileReceivingEndsTheCaptureWithItsReason() {
        AppenderBase<ILoggingEvent> broken = new AppenderBase<>() {
            @Override
            public synchronized void doAppend(ILoggingEvent event) {
                throw new IllegalStateException("the log is full");
            }

            @Override
            protected void append(ILoggingEvent event) {}
        };
        broken.start();
        Logger logger = (Logger) LoggerFactory.getLogger(RemoteSource.class);
        try (Served served = shared(Mitigation.STASH);
                Capture capture = open(served, config -> config)) {
            logger.addAppender(broken);
            served.server().close();
            assertThatThrownBy(() -> capture.await(event -> {}, 1, PATIENCE_NANOS))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("the log is full");
        } finally {
            logger.detachAppender(broken);
        }
    }

    @Test
    void aConnectionThatBreaksEarlyTakesNothingFromWhatTheServerLacks() {
        try (Served served = shared(Mitigation.STASH)) {
            CaptureConfig config = served.client().build();
            RemoteSettings settings = RemoteSettings.of(config);
            RemoteSource source =
                    RemoteSource.start(settings, RemoteDriver.wanted(settings, config), new RingWriter(1 << 16));
            try {
                served.server().close();
                await().atMost(PATIENCE).until(() -> isCutOff(source));
                assertThat(source.capabilities().lacking()).containsKey(Feature.FILTER_EXECUTABLE);
            } finally {
                source.stop();
                source.release();
            }
        }
    }

    private static boolean isCutOff(RemoteSource source) {
        try {
            source.switchTo(Mitigation.STASH);
            return false;
        } catch (CaptureException e) {
            return e.getMessage().contains("there is no connection");
        }
    }

    @Test
    void aConnectionThatIsMadeWhileTheCaptureClosesHoldsItUpNoLonger() throws IOException, InterruptedException {
        try (Served served = shared(Mitigation.STASH)) {
            CaptureConfig config = served.client().build();
            RemoteSettings settings = RemoteSettings.of(config);
            Link link = spy(new Link(settings));
            RemoteSource source =
                    RemoteSource.start(settings, RemoteDriver.wanted(settings, config), new RingWriter(1 << 16), link);
            CountDownLatch connecting = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            doAnswer(call -> {
                        connecting.countDown();
                        goOn.await();
                        return call.callRealMethod();
                    })
                    .when(link)
                    .channel();
            served.server().close();
            try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                silent.bind(UnixDomainSocketAddress.of(served.socket()));
                assertThat(connecting.await(30, TimeUnit.SECONDS)).isTrue();
                Thread closer = new Thread(source::stop);
                closer.start();
                await().atMost(PATIENCE).until(() -> closer.getState() == Thread.State.TIMED_WAITING);
                goOn.countDown();
                closer.join(5_000);
                assertThat(closer.isAlive())
                        .as("it waits for the silent server")
                        .isFalse();
            } finally {
                goOn.countDown();
                source.release();
            }
        }
    }

    @Test
    void anInterruptedThreadLearnsTheStatisticsAndCloses() {
        Firehose hose = new Firehose();
        try (Served served = new Served(
                hose,
                () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
                false,
                limits -> new Limits(8, 1, 16, 1 << 20))) {
            Capture capture = open(served, config -> config.set("remote.own-capture", true));
            hose.make(5, 1);
            Thread.currentThread().interrupt();
            assertThat(capture.stats().returned()).isEqualTo(5);
            assertThat(Thread.interrupted()).isTrue();
            hose.make(5, 1);
            Thread.currentThread().interrupt();
            capture.close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("unraced-remote");
            assertThat(capture.stats().returned()).isEqualTo(10);
            // The server has one place, so the first capture has to be gone there.
            open(served, config -> config.set("remote.own-capture", true)).close();
        }
    }
}
