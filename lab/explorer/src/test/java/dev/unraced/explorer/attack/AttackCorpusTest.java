// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.explorer.Replay;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves the verdict on each observer in every interleaving of every attack. */
class AttackCorpusTest {
    /** The worst verdict under stash. */
    private static final Map<String, Verdict> UNDER_STASH = Map.ofEntries(
            Map.entry("flip", Verdict.WARNED),
            Map.entry("flip-missing", Verdict.FOOLED),
            Map.entry("flip-connect", Verdict.WARNED),
            Map.entry("flip-refused", Verdict.FOOLED),
            Map.entry("flip-how", Verdict.FOOLED),
            Map.entry("io-uring", Verdict.TRUE),
            Map.entry("io-uring-worker", Verdict.TRUE),
            Map.entry("cold-page", Verdict.WARNED),
            Map.entry("blocking", Verdict.WARNED),
            Map.entry("restart", Verdict.WARNED),
            Map.entry("rename", Verdict.WARNED),
            Map.entry("dirfd-swap", Verdict.WARNED),
            Map.entry("fd-swap", Verdict.WARNED),
            Map.entry("tid-reuse", Verdict.WARNED),
            Map.entry("exec", Verdict.WARNED),
            Map.entry("lru-reuse", Verdict.WARNED),
            Map.entry("stash-full", Verdict.WARNED),
            Map.entry("attach", Verdict.WARNED),
            Map.entry("shared-socket", Verdict.WARNED),
            Map.entry("scope", Verdict.WARNED),
            Map.entry("socketcall", Verdict.TRUE),
            Map.entry("uring-batch", Verdict.TRUE),
            Map.entry("uring-reconnect", Verdict.TRUE),
            Map.entry("late-namespace", Verdict.WARNED),
            Map.entry("forged-sigsys", Verdict.TRUE),
            Map.entry("never-ran", Verdict.WARNED),
            Map.entry("torn-path", Verdict.TRUE),
            Map.entry("reset", Verdict.TRUE));

    /**
     * The attacks that the kernel's copy cannot prevent: it can be lost before the event is made, as ENTER_MISSED or
     * EVICTED says, or the event asserts more than the copy.
     */
    private static final List<String> KERNEL_CAN_ONLY_WARN =
            List.of("lru-reuse", "attach", "late-namespace", "never-ran");

    /**
     * The worst verdict under off, for attacks that do not fool it. The kernel copies a request's arguments before any
     * observer sees the request, and flags need no mode either. A table that was shared is known, too.
     */
    private static final Map<String, Verdict> UNDER_OFF = Map.ofEntries(
            Map.entry("io-uring", Verdict.TRUE),
            Map.entry("io-uring-worker", Verdict.TRUE),
            Map.entry("shared-socket", Verdict.WARNED),
            Map.entry("socketcall", Verdict.TRUE),
            Map.entry("uring-batch", Verdict.TRUE),
            Map.entry("uring-reconnect", Verdict.TRUE),
            Map.entry("late-namespace", Verdict.WARNED),
            Map.entry("forged-sigsys", Verdict.TRUE),
            Map.entry("never-ran", Verdict.WARNED),
            Map.entry("torn-path", Verdict.TRUE),
            Map.entry("reset", Verdict.TRUE),
            Map.entry("dirfd-swap", Verdict.WARNED));

    /**
     * The attacks in which an observer reads name by name; the number of its steps depends on the names that it finds.
     */
    private static final List<String> LOOKS_TAKE_STEPS = List.of("torn-path");

    private static final Map<Attack, AttackReport> REPORTS = new HashMap<>();

    static List<Attack> attacks() {
        return Attacks.all();
    }

    @Test
    void theVerdictOnEveryAttackIsForetold() {
        assertThat(attacks())
                .extracting(Attack::name)
                .containsExactlyInAnyOrderElementsOf(UNDER_STASH.keySet())
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void eachModeComesToWhatItPromises(Attack attack) {
        AttackReport report = report(attack);

        assertThat(report.rows())
                .filteredOn(row -> row.mode() != Mode.NAIVE)
                .allSatisfy(row -> assertThat(row.verdicts()).doesNotContainKey(Verdict.LIED));
        assertThat(report.row(Mode.OFF).worst()).isEqualTo(UNDER_OFF.getOrDefault(attack.name(), Verdict.FOOLED));
        assertThat(report.row(Mode.STASH).worst()).isEqualTo(UNDER_STASH.get(attack.name()));
        assertThat(report.row(Mode.KERNEL).worst())
                .isEqualTo(KERNEL_CAN_ONLY_WARN.contains(attack.name()) ? Verdict.WARNED : Verdict.TRUE);
        if (attack.modes().contains(Mode.NAIVE)) {
            assertThat(report.row(Mode.NAIVE).worst()).isGreaterThanOrEqualTo(Verdict.FOOLED);
        }
        assertThat(report.interleavings().exact()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void theObserverMakesNoSteps(Attack attack) {
        AttackReport report = report(attack);
        for (AttackReport.Row row : report.rows()) {
            if (row.mode() == Mode.OFF || !LOOKS_TAKE_STEPS.contains(attack.name())) {
                assertThat(row.executions())
                        .as(row.mode().label())
                        .isEqualTo(report.interleavings().count());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void theExampleOfAVerdictLeadsToIt(Attack attack) {
        for (AttackReport.Row row : report(attack).rows()) {
            Replay<SimWorld> replay = Replay.run(attack.worlds(row.mode()), row.example());

            assertThat(replay.world().verdict()).isEqualTo(row.worst());
            assertThat(replay.execution().schedule()).isEqualTo(row.example());
        }
    }

    private static AttackReport report(Attack attack) {
        return REPORTS.computeIfAbsent(attack, AttackReport::of);
    }
}
