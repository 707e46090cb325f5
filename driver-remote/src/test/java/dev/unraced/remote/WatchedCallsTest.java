// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.event.Syscall;
import dev.unraced.server.Limits;
import dev.unraced.server.ServerSettings;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.SimThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests subscribers of a server that watches openat alone. */
@Timeout(60)
class WatchedCallsTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final SimKernel kernel = SimKernel.create();
    private final Served served = openatAlone(settings -> settings);

    private Served openatAlone(UnaryOperator<ServerSettings> settings) {
        return new Served(
                kernel.driver(),
                () -> CaptureConfig.builder().syscalls(Syscall.OPENAT).ringBytes(1 << 20),
                true,
                limits -> new Limits(8, 2, 1024, limits.ringBytes()),
                settings);
    }

    @AfterEach
    void close() {
        served.close();
    }

    private CaptureConfigBuilder client(boolean own) {
        return served.client().set("remote.own-capture", own);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSubscriberThatNamesNoCallsGetsThoseOfTheServer(boolean own) {
        kernel.files().file("/etc/hosts");
        try (Capture capture = served.driver().open(client(own).build())) {
            SimProcess process = kernel.process("work");
            SimThread thread = process.thread();
            thread.open(process.buffer("/etc/hosts"), 0, 0).finish();
            thread.openat("/etc/hosts").finish();
            List<Syscall> seen = new ArrayList<>();
            capture.await(event -> seen.add(event.syscall()), 1, PATIENCE_NANOS);
            assertThat(seen).containsExactly(Syscall.OPENAT);
            CaptureStats stats = capture.stats();
            assertThat(stats.imbalance()).as("%s", stats).isZero();
            assertOpenatAlone(capture.capabilities());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itsCapabilitiesAreThoseThatTheServerWatches(boolean own) {
        assertOpenatAlone(served.driver().capabilities(client(own).build()));
    }

    private static void assertOpenatAlone(Capabilities capabilities) {
        for (Syscall call : Syscall.values()) {
            assertThat(capabilities.has(call)).as("%s", call).isEqualTo(call == Syscall.OPENAT);
        }
        assertThat(capabilities.reason(Syscall.CONNECT))
                .hasValueSatisfying(reason -> assertThat(reason).contains("the server does not watch it"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void callsAskedForByNameThatTheServerDoesNotWatchAreRefused(boolean own) {
        CaptureConfig config =
                client(own).syscalls(Syscall.OPENAT, Syscall.CONNECT).build();
        assertThatThrownBy(() -> served.driver().open(config))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("this server does not watch connect; ask for calls among openat,")
                .hasMessageContaining("leave unraced.syscalls out");
    }

    @Test
    void aServerThatBeginsAnewWithFewerCallsEndsTheCapture() {
        Served gone =
                Served.shared(kernel.driver(), () -> CaptureConfig.builder().ringBytes(1 << 20));
        try (gone;
                Capture capture = gone.driver().open(gone.client().build())) {
            gone.server().stop(TimeUnit.SECONDS.toNanos(1));
            gone.captures().close();
            try (Served next = openatAlone(settings -> Served.at(settings, gone.socket()))) {
                assertThatThrownBy(() -> capture.await(event -> {}, 1, PATIENCE_NANOS))
                        .isInstanceOf(CaptureException.class)
                        .hasMessageContaining("does not watch open, openat2, creat, connect any more");
                assertThat(capture.isEnded()).isTrue();
                assertThat(capture.stats().imbalance()).isZero();
                assertThat(next.captures().shared().orElseThrow().isEnded()).isFalse();
            }
        }
    }

    @Test
    void allCallsAskedForByNameAreNoDefault() {
        CaptureConfig config = client(false).syscalls(Syscall.values()).build();
        assertThatThrownBy(() -> served.driver().open(config))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("does not watch open, openat2, creat, connect");
    }
}
