// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.SyscallEvent;
import dev.unraced.selection.Drivers;
import dev.unraced.sim.SimEvents;
import dev.unraced.sim.SimKernel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class DemoTest {
    private static final int SCENES = 500;

    @Test
    void theSameSeedIsTheSamePlay() {
        assertThat(play(1, Mitigation.STASH)).isEqualTo(play(1, Mitigation.STASH));
        assertThat(play(1, Mitigation.STASH)).isNotEqualTo(play(2, Mitigation.STASH));
    }

    @ParameterizedTest
    @EnumSource(Mitigation.class)
    void everyModeSeesTheAttacksAsItCan(Mitigation mode) {
        List<Integrity> attacks = play(1, mode).stream()
                .filter(event -> event.caller().comm().toUtf8().equals("evil"))
                .map(event -> ((OpenEvent) event).path().integrity())
                .distinct()
                .toList();

        switch (mode) {
            case OFF -> assertThat(attacks).containsOnly(Integrity.UNCHECKED);
            case STASH -> assertThat(attacks).containsOnly(Integrity.DIFFERS, Integrity.CHANGED);
            case KERNEL -> assertThat(attacks).containsOnly(Integrity.CHANGED);
        }
    }

    @Test
    void nobodyElseIsAccusedOfAnAttack() {
        for (Mitigation mode : Mitigation.values()) {
            assertThat(play(3, mode))
                    .filteredOn(event ->
                            event instanceof OpenEvent open && open.path().integrity() == Integrity.CHANGED)
                    .allMatch(event -> event.caller().comm().toUtf8().equals("evil"));
        }
    }

    @Test
    void itRunsWhileItIsWatchedAndLeavesNoThread() {
        CaptureConfig config = CaptureConfig.builder().driver("sim").build();
        Capture capture = Drivers.discover().open(config);
        assertThat(demoThreads()).hasSize(1);
        List<Long> times = new ArrayList<>();
        while (times.size() < 5) {
            capture.await(event -> times.add(event.exitNanos()), 5, Long.MAX_VALUE);
        }
        capture.close();

        assertThat(demoThreads()).isEmpty();
        assertThat(times).isSorted();
        assertThat(capture.stats().imbalance()).isZero();
        assertThat(capture.stats().stash().live()).isZero();
    }

    @Test
    void theUptimeIsTheMachinesWhereItIsKnown(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("uptime"), "4711.25 8000.10\n");

        assertThat(Uptime.of(file)).isEqualTo(Duration.ofMillis(4_711_250));
        assertThat(Uptime.of(directory.resolve("none"))).isEqualTo(Duration.ofHours(1));
        assertThat(Uptime.of(Files.writeString(file, "what?"))).isEqualTo(Duration.ofHours(1));
    }

    private static List<String> demoThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter("unraced-demo"::equals)
                .toList();
    }

    private static List<SyscallEvent> play(long seed, Mitigation mode) {
        SimKernel kernel = SimKernel.create();
        try (Capture capture = kernel.capture(
                CaptureConfig.builder().driver("sim").mitigation(mode).build())) {
            Play play = new Play(kernel, seed);
            for (int scene = 0; scene < SCENES; scene++) {
                play.next();
            }
            assertThat(capture.stats().imbalance()).isZero();
            return SimEvents.of(capture);
        }
    }
}
