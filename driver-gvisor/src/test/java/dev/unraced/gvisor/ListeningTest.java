// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Sockaddr;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Tests the socket, with peers that do not behave as sandboxes do. */
@Timeout(60)
class ListeningTest {
    private static final int SIZE = 512;

    @TempDir
    Path folder;

    @Test
    void theSocketIsItsOwnersAloneAndGoesWithTheCapture() throws Exception {
        Path endpoint = folder.resolve("made").resolve("s.sock");
        try (Capture capture = open(endpoint)) {
            assertThat(capture.isOpen()).isTrue();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(endpoint)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(endpoint.getParent())))
                    .isEqualTo("rwx------");
        }
        assertThat(endpoint).doesNotExist();
    }

    @Test
    void aFileThatIsNoSocketStaysAndIsNamed() throws IOException {
        Path endpoint = Files.writeString(folder.resolve("notes.txt"), "mine");
        Path link = Files.createSymbolicLink(folder.resolve("link"), endpoint);
        for (Path each : List.of(endpoint, link)) {
            assertThatThrownBy(() -> open(each))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining(each + " is no socket. Remove it");
            assertThat(each).hasContent("mine");
        }
        assertThat(link).isSymbolicLink();
    }

    @Test
    void aSocketThatSomebodyServesIsNotTakenAwayAndOneThatNobodyServesIs() {
        Path endpoint = folder.resolve("s.sock");
        try (Capture first = open(endpoint)) {
            assertThatThrownBy(() -> open(endpoint))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("another process listens there");
            assertThat(first.isOpen()).isTrue();
            assertThat(endpoint).exists();
        }
        int left = LibC.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_SEQPACKET, 0);
        Memory address = UnixAddress.of(endpoint);
        LibC.bind(left, address, (int) address.size());
        LibC.close(left);
        assertThat(endpoint).exists();
        open(endpoint).close();
    }

    @Test
    void aListenerThatHangsKeepsItsSocketAndIsNotWaitedFor() {
        Path endpoint = folder.resolve("s.sock");
        int hanging = LibC.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_SEQPACKET | SocketTypes.SOCK_CLOEXEC, 0);
        Memory address = UnixAddress.of(endpoint);
        LibC.bind(hanging, address, (int) address.size());
        LibC.listen(hanging, 0);
        try (Peer first = new Peer(endpoint)) {
            assertThat(first).isNotNull();
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> assertThatThrownBy(() -> open(endpoint))
                            .isInstanceOf(CaptureException.class)
                            .hasMessageContaining("another process listens there"));
            assertThat(endpoint).exists();
        } finally {
            LibC.close(hanging);
        }
    }

    @Test
    void aLookWhetherAnybodyListensIsNoReasonToWarn() {
        Path endpoint = folder.resolve("s.sock");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Link.class);
        logger.setLevel(Level.DEBUG);
        logger.addAppender(log);
        try (Capture capture = open(endpoint)) {
            assertThatThrownBy(() -> open(endpoint)).isInstanceOf(CaptureException.class);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !log.list.isEmpty());
            assertThat(log.list)
                    .allSatisfy(event -> assertThat(event.getLevel()).isEqualTo(Level.DEBUG));
            assertThat(capture.stats().totalLost()).isZero();
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
    }

    @Test
    void peersThatSayNothingOrNonsenseHoldUpNobody() {
        Path endpoint = folder.resolve("s.sock");
        try (Capture capture = open(endpoint);
                Peer silent = new Peer(endpoint);
                Peer mad = new Peer(endpoint);
                Peer old = new Peer(endpoint);
                Peer sandbox = new Peer(endpoint)) {
            mad.send(new byte[] {(byte) 0xff, 2, 3});
            old.send(new byte[] {8, 0});
            sandbox.send(new byte[] {8, 1});
            assertThat(sandbox.receive()).containsExactly(8, 1);
            assertThat(mad.receive()).isEmpty();
            assertThat(old.receive()).isEmpty();
            assertThat(silent).isNotNull();

            Frames thread = new Frames(5, 5, 100);
            sandbox.send(new byte[3]);
            sandbox.send(thread.openEnter("/a", 0));
            sandbox.send(thread.openExit("/a", 0, 3));
            List<String> paths = new ArrayList<>();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                capture.poll(
                        event -> paths.add(
                                ((OpenEvent) event.snapshot()).path().value().toString()),
                        10);
                return !paths.isEmpty();
            });
            assertThat(paths).containsExactly("/a");
            assertThat(capture.stats().imbalance()).isZero();
            assertThat(capture.stats().totalLost()).isEqualTo(1);
        }
    }

    @Test
    void moreSandboxesThanAllowedAreTurnedAway() {
        Path endpoint = folder.resolve("s.sock");
        try (Capture capture = new GvisorDriver()
                        .open(config(endpoint).set("gvisor.max-sandboxes", "1").build());
                Peer first = new Peer(endpoint);
                Peer second = new Peer(endpoint)) {
            first.send(new byte[] {8, 1});
            assertThat(first.receive()).containsExactly(8, 1);
            assertThat(second.receive()).isEmpty();
            assertThat(capture.isOpen()).isTrue();
        }
    }

    @Test
    void aSandboxThatCannotBeAcceptedIsTurnedAwayAndTheNextOneIsNot() {
        Path endpoint = folder.resolve("s.sock");
        List<Integer> accepted = new CopyOnWriteArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        IntConsumer owner = fd -> {
            if (failures.getAndIncrement() == 0) {
                throw new OutOfMemoryError("of a test");
            }
            accepted.add(fd);
        };
        try (Listener listener = new Listener(endpoint, 0600, owner);
                Peer first = new Peer(endpoint)) {
            assertThat(first.receive()).isEmpty();
            try (Peer second = new Peer(endpoint)) {
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !accepted.isEmpty());
                assertThat(second).isNotNull();
            }
            assertThat(listener).isNotNull();
        } finally {
            accepted.forEach(LibC::close);
        }
    }

    /** If not, a sandbox could return from a call that the statistics do not wait for. */
    @Test
    void aSandboxIsKnownBeforeItIsAnswered() throws Exception {
        Path endpoint = folder.resolve("s.sock");
        CountDownLatch known = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        Link.Owner owner = new Link.Owner() {
            @Override
            public void ready(Link link) {
                known.countDown();
                Awaitility.await().until(() -> looked.getCount() == 0);
            }

            @Override
            public void ring() {
                // Nobody merges here.
            }

            @Override
            public void gone(Link link) {
                // Nobody counts links here.
            }
        };
        try (Listener listener = new Listener(
                        endpoint,
                        0600,
                        fd -> new Thread(new Link(fd, 1, 1 << 20, TimeUnit.SECONDS.toNanos(20), owner)).start());
                Peer sandbox = new Peer(endpoint)) {
            sandbox.send(new byte[] {8, 1});
            known.await();
            assertThat(sandbox.receiveNow()).isEmpty();
            looked.countDown();
            assertThat(sandbox.receive()).containsExactly(8, 1);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void peersThatSendNoHandshakeTakeNoMemoryForFrames() {
        Path endpoint = folder.resolve("s.sock");
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        List<Peer> silent = new ArrayList<>();
        try (Capture capture = new GvisorDriver()
                .open(config(endpoint).set("gvisor.queue-bytes", "64MiB").build())) {
            long before = direct.getMemoryUsed();
            for (int i = 0; i < 4; i++) {
                silent.add(new Peer(endpoint));
            }
            // Peers are accepted in turn, so those before it have been.
            try (Peer sandbox = new Peer(endpoint)) {
                sandbox.send(new byte[] {8, 1});
                assertThat(sandbox.receive()).containsExactly(8, 1);
            }
            assertThat(direct.getMemoryUsed() - before).isLessThan(2 * (64L << 20));
            assertThat(capture.isOpen()).isTrue();
        } finally {
            silent.forEach(Peer::close);
        }
    }

    @Test
    void aSandboxWithoutMemoryForItsFramesIsTurnedAwayAndALaterOneIsNot() throws Exception {
        Process scarce = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MaxDirectMemorySize=6m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Scarce.class.getName(),
                        folder.resolve("s.sock").toString())
                .redirectErrorStream(true)
                .start();
        try {
            String printed = new String(scarce.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(printed)
                    .contains("answers: [8, 1] [] [8, 1]")
                    .contains("unraced.gvisor.queue-bytes")
                    .contains("-XX:MaxDirectMemorySize");
        } finally {
            scarce.destroyForcibly();
        }
    }

    /** Prints what three sandboxes are answered where only one has memory for its frames. */
    static final class Scarce {
        private Scarce() {}

        public static void main(String[] arguments) {
            Path endpoint = Path.of(arguments[0]);
            StringBuilder answers = new StringBuilder("answers:");
            try (Capture capture = open(endpoint)) {
                try (Peer first = new Peer(endpoint)) {
                    answers.append(' ').append(greet(first));
                    try (Peer second = new Peer(endpoint)) {
                        answers.append(' ').append(greet(second));
                    }
                }
                // The memory of the first one is free once the garbage collector has seen that its link has ended.
                String answer = "";
                for (int i = 0; i < 100 && !answer.equals("[8, 1]"); i++) {
                    try (Peer third = new Peer(endpoint)) {
                        answer = greet(third);
                    }
                }
                answers.append(' ').append(answer);
                System.out.println(answers + (capture.isOpen() ? "" : ", and the capture is closed"));
            }
        }

        private static String greet(Peer peer) {
            peer.send(new byte[] {8, 1});
            return Arrays.toString(peer.receive());
        }
    }

    @Test
    void aSocketThatCannotBeMadeLeavesNoLogOpen() throws Exception {
        Path endpoint = folder.resolve("s.sock");
        Path log = folder.resolve("frames");
        try (Capture first = open(endpoint)) {
            assertThatThrownBy(() -> new GvisorDriver()
                            .open(config(endpoint)
                                    .set("gvisor.record", log.toString())
                                    .build()))
                    .isInstanceOf(CaptureException.class);
            assertThat(first.isOpen()).isTrue();
        }
        assertThat(log).exists();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.filter(Files::exists).map(ListeningTest::target))
                    .doesNotContain(log);
        }
    }

    @Test
    void framesGoToANewFileOfItsOwnersAlone() throws Exception {
        Path endpoint = folder.resolve("s.sock");
        Path log = folder.resolve("frames");
        CaptureConfig config =
                config(endpoint).set("gvisor.record", log.toString()).build();
        new GvisorDriver().open(config).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> new GvisorDriver().open(config))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining(log + " exists already");

        Path other = Files.createFile(folder.resolve("other"));
        Files.delete(log);
        Files.createSymbolicLink(log, other);
        assertThatThrownBy(() -> new GvisorDriver().open(config)).isInstanceOf(CaptureException.class);
        assertThat(other).isEmptyFile();
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException e) {
            return Path.of("gone");
        }
    }

    @Test
    void anInterruptedCloserNapsAndStaysInterrupted() throws Exception {
        Path endpoint = folder.resolve("s.sock");
        GvisorSource source =
                GvisorSource.start(GvisorSettings.of(config(endpoint).build()));
        try (Peer sandbox = new Peer(endpoint)) {
            sandbox.send(new byte[] {8, 1});
            assertThat(sandbox.receive()).containsExactly(8, 1);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !source.links().isEmpty());
            // Reading the statistics waits for frames that a stalled receiver leaves in the socket.
            source.links().get(0).pause(true);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                sandbox.send(new byte[3]);
                return source.links().get(0).isReceiving(new Memory(8));
            });
            Thread.currentThread().interrupt();
            long wall = System.nanoTime();
            long processor = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            source.stop();
            processor = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processor;
            wall = System.nanoTime() - wall;
            assertThat(Thread.interrupted()).isTrue();
            assertThat(wall).isGreaterThan(Duration.ofMillis(150).toNanos());
            assertThat(processor)
                    .as("of %s ns", wall)
                    .isLessThan(Duration.ofMillis(90).toNanos());
        } finally {
            source.release();
        }
    }

    @Test
    void aSandboxThatShakesHandsWhileTheCaptureClosesIsLetGo() throws Exception {
        Path endpoint = folder.resolve("s.sock");
        GvisorSource source = GvisorSource.start(GvisorSettings.of(
                config(endpoint).set("gvisor.handshake-timeout", "60s").build()));
        try (Peer late = new Peer(endpoint)) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> receivers() == 1);
            Thread closing = new Thread(source::stop, "closing");
            closing.start();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(endpoint));
            // The links have been stopped some time after the listener.
            closing.join(1_000);
            late.send(new byte[] {8, 1});
            assertThat(late.receive()).isEmpty();
            closing.join();
            assertThat(receivers()).isZero();
        } finally {
            source.release();
        }
    }

    private static long receivers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("unraced-gvisor-[0-9]+"))
                .count();
    }

    private static Capture open(Path endpoint) {
        return new GvisorDriver().open(config(endpoint).build());
    }

    private static CaptureConfigBuilder config(Path endpoint) {
        return CaptureConfig.builder()
                .driver(GvisorDriver.NAME)
                .set("gvisor.endpoint", endpoint.toString())
                .set("ring-bytes", "1MiB");
    }

    /** The sandbox's end of a connection. */
    private static final class Peer implements AutoCloseable {
        private final int fd = LibC.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_SEQPACKET, 0);
        private final Memory memory = new Memory(SIZE);

        Peer(Path endpoint) {
            Memory address = UnixAddress.of(endpoint);
            assertThat(LibC.connect(fd, address, (int) address.size())).isZero();
        }

        void send(byte[] bytes) {
            memory.write(0, bytes, 0, bytes.length);
            LibC.send(fd, memory, bytes.length, LibC.MSG_NOSIGNAL);
        }

        /** Returns a message, or nothing when the other end hangs up. */
        byte[] receive() {
            return receive(0);
        }

        /** Returns a message that has come, or nothing. */
        byte[] receiveNow() {
            return receive(LibC.MSG_DONTWAIT);
        }

        private byte[] receive(int flags) {
            long length = LibC.recv(fd, Pointer.nativeValue(memory), SIZE, flags);
            return length <= 0 ? new byte[0] : memory.getByteArray(0, (int) length);
        }

        @Override
        public void close() {
            LibC.close(fd);
        }
    }
}
