// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.UnknownFieldSet;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.Mitigation;
import dev.unraced.protocol.v1.Filters;
import dev.unraced.protocol.v1.SetFiltersRequest;
import dev.unraced.server.Limits;
import dev.unraced.server.connection.Access;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimThread;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests filters that change while a subscription runs, and those of the shared capture itself. */
@Timeout(120)
class SubscriberFiltersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The most calls of one process that are on their way: far fewer than any queue holds. */
    private static final int AHEAD = 300;

    private final Firehose hose = new Firehose();

    /** Consumes on a thread of its own, and counts by process. */
    private static final class Counts implements AutoCloseable {
        final Capture capture;
        private final Map<Integer, AtomicLong> byTgid = new ConcurrentHashMap<>();
        private final Thread thread;

        Counts(Capture capture) {
            this.capture = capture;
            this.thread = new Thread(
                    () -> capture.consume(event -> byTgid.computeIfAbsent(event.tgid(), absent -> new AtomicLong())
                            .incrementAndGet()));
            thread.start();
        }

        long of(int tgid) {
            AtomicLong count = byTgid.get(tgid);
            return count == null ? 0 : count.get();
        }

        void filterBy(Integer... tgids) {
            capture.filterBy(new EventFilters(
                    Set.of(tgids), Set.of(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.ALL));
        }

        CaptureStats rest() {
            await().atMost(PATIENCE).until(() -> {
                CaptureStats stats = capture.stats();
                return stats.pending() == 0
                        && stats.imbalance() == 0
                        && stats.delivered()
                                == byTgid.values().stream()
                                        .mapToLong(AtomicLong::get)
                                        .sum();
            });
            return capture.stats();
        }

        @Override
        public void close() {
            capture.close();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Served shared() {
        return Served.shared(
                hose, () -> CaptureConfig.builder().driver("firehose").ringBytes(8 << 20));
    }

    private static Counts counts(Served served) {
        return new Counts(served.driver().open(served.client().build()));
    }

    @Test
    void aCallIsJudgedByTheFiltersOfItsTimeHoweverLateItIsSent() {
        try (Served served = shared();
                Counts changing = counts(served);
                Counts other = counts(served)) {
            for (int round = 1; round <= 50; round++) {
                changing.filterBy(2);
                hose.make(7, 2);
                hose.make(2, 3);
                changing.filterBy(3);
                assertThat(changing.capture.filters().tgids()).containsExactly(3);
                hose.make(5, 2);
            }
            CaptureStats stats = changing.rest();
            assertThat(changing.of(2)).as("%s", stats).isEqualTo(50 * 7);
            assertThat(changing.of(3)).as("%s", stats).isZero();
            assertThat(stats.filtered()).containsEntry(FilterReason.TGID, 50L * 7);
            other.rest();
            assertThat(other.of(2) + other.of(3)).isEqualTo(hose.made());
        }
    }

    @Test
    void changesUnderLoadLoseNothingThatBothLetThrough() throws InterruptedException {
        try (Served served = shared();
                Counts changing = counts(served)) {
            changing.filterBy(1, 2);
            // Calls of process 1 are let through always: their number holds the maker back, so that no queue is full
            // however slow the machine is.
            Thread maker = new Thread(() -> {
                for (int i = 0; i < 4_000; i++) {
                    while (3L * i - changing.of(1) > AHEAD) {
                        LockSupport.parkNanos(50_000);
                    }
                    hose.make(3, 1);
                    hose.make(3, 2);
                    hose.make(3, 3);
                }
            });
            maker.start();
            int changes = 0;
            for (; maker.isAlive() || changes < 100; changes++) {
                changing.filterBy(1, changes % 2 == 0 ? 9 : 2);
            }
            maker.join();
            CaptureStats stats = changing.rest();
            assertThat(stats.totalLost()).as("%s", stats).isZero();
            assertThat(changing.of(1))
                    .as("after %d changes: %s", changes, stats)
                    .isEqualTo(12_000);
            assertThat(changing.of(3)).isZero();
            assertThat(stats.returned()).isEqualTo(hose.made());
        }
    }

    @Test
    void aConnectionThatIsMadeAgainKeepsTheChangedFilters() {
        try (Served served = shared();
                Counts changing = counts(served)) {
            changing.filterBy(2);
            hose.make(10, 2);
            changing.rest();
            served.restart();
            await().atMost(PATIENCE).until(() -> {
                hose.make(1, 3);
                return changing.capture.stats().filtered().getOrDefault(FilterReason.TGID, 0L) > 0;
            });
            hose.make(10, 2);
            changing.rest();
            assertThat(changing.of(2)).isEqualTo(20);
            assertThat(changing.of(3)).isZero();
        }
    }

    @Test
    void aFieldOfALaterVersionIsRefused() {
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        try (Served served = shared();
                Link link = new Link(RemoteSettings.of(served.client().build()))) {
            SetFiltersRequest request = SetFiltersRequest.newBuilder()
                    .setFilters(Filters.newBuilder().setUnknownFields(later))
                    .build();
            assertThatThrownBy(() -> link.ask(stub -> stub.setFilters(request)))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("this server does not know field 99 of Filters");
        }
    }

    @Test
    void whoMayControlChangesTheSharedCaptureItself() {
        SimKernel kernel = SimKernel.create();
        kernel.files().file("/etc/hosts").file("/srv/data");
        try (Served served = Served.shared(
                        kernel.driver(), () -> CaptureConfig.builder().ringBytes(1 << 20));
                Counts subscriber = counts(served)) {
            SimThread thread = kernel.process("work").thread();
            RemoteControl.apply(
                    configured(served).paths("/etc").mitigation(Mitigation.OFF).build());
            thread.openat("/etc/hosts").finish();
            thread.openat("/srv/data").finish();
            CaptureStats stats = subscriber.rest();
            assertThat(stats.delivered()).as("%s", stats).isEqualTo(1);
            assertThat(stats.filtered()).containsEntry(FilterReason.PATH, 1L);
            assertThat(subscriber.capture.mitigation()).isEqualTo(Mitigation.OFF);
            RemoteControl.apply(configured(served).build());
            thread.openat("/srv/data").finish();
            assertThat(subscriber.rest().delivered()).isEqualTo(2);
            assertThat(subscriber.capture.mitigation()).isEqualTo(Mitigation.STASH);
        }
    }

    @Test
    void theChangedFiltersOfTheServerBoundLaterOwnCaptures() {
        SimKernel kernel = SimKernel.create();
        kernel.files().file("/etc/hosts").file("/srv/data");
        try (Served served = new Served(
                kernel.driver(),
                () -> CaptureConfig.builder().ringBytes(1 << 20),
                true,
                limits -> new Limits(8, 2, 1024, limits.ringBytes()))) {
            RemoteControl.apply(configured(served).paths("/etc").build());
            CaptureConfigBuilder wanted = served.client().set("remote.own-capture", true);
            try (Counts own = new Counts(served.driver().open(wanted.build()))) {
                SimThread thread = kernel.process("work").thread();
                thread.openat("/etc/hosts").finish();
                thread.openat("/srv/data").finish();
                CaptureStats stats = own.rest();
                assertThat(stats.delivered()).as("%s", stats).isEqualTo(1);
                assertThat(stats.filtered()).containsEntry(FilterReason.PATH, 1L);
            }
        }
    }

    @Test
    void theSourceAloneFiltersByExecutable() {
        SimKernel kernel = SimKernel.create();
        kernel.files().file("/etc/hosts").file("/usr/bin/curl").file("/usr/bin/wget");
        SimThread curl = kernel.process("sh").execute("/usr/bin/curl").thread();
        SimThread wget = kernel.process("sh").execute("/usr/bin/wget").thread();
        try (Served served = new Served(
                kernel.driver(),
                () -> CaptureConfig.builder().ringBytes(1 << 20),
                true,
                limits -> new Limits(8, 2, 1024, limits.ringBytes()))) {
            CaptureConfig wanted = served.client()
                    .set("remote.own-capture", true)
                    .executables("/usr/bin/curl")
                    .build();
            try (Counts own = new Counts(served.driver().open(wanted));
                    Counts shared = counts(served)) {
                curl.openat("/etc/hosts").finish();
                wget.openat("/etc/hosts").finish();
                assertThat(own.rest().delivered()).isEqualTo(1);
                assertThat(own.rest().filtered()).containsEntry(FilterReason.EXECUTABLE, 1L);
                assertThat(shared.rest().delivered()).isEqualTo(2);
                EventFilters filters = wanted.filters();
                assertThatThrownBy(() -> shared.capture.filterBy(filters))
                        .isInstanceOf(CaptureException.class)
                        .hasMessageContaining("lacks filter executable")
                        .hasMessageContaining("own-capture");
            }
            RemoteControl.apply(configured(served).executables("/usr/bin/wget").build());
            try (Counts shared = counts(served)) {
                curl.openat("/etc/hosts").finish();
                wget.openat("/etc/hosts").finish();
                assertThat(shared.rest().delivered()).isEqualTo(1);
            }
            assertThatThrownBy(() -> served.driver().open(wanted))
                    .as("a capture of one's own would see more than the server's filters let through")
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("this server filters by executable");
        }
    }

    @Test
    void othersMayNotChangeTheSharedCapture() {
        try (Served served = new Served(
                hose,
                () -> CaptureConfig.builder().driver("firehose"),
                true,
                limits -> limits,
                settings -> settings.access(new Access(Set.of(), List.of(), Set.of(123_456), List.of())))) {
            CaptureConfig config = configured(served).paths("/etc").build();
            assertThatThrownBy(() -> RemoteControl.apply(config))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("may not change the mode and the filters");
        }
    }

    private static CaptureConfigBuilder configured(Served served) {
        return served.reach(CaptureConfig.builder());
    }
}
