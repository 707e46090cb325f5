// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.Mitigation;
import dev.unraced.explorer.Schedule;
import dev.unraced.explorer.TextStyle;
import dev.unraced.explorer.TimelineRow;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.TraceSettings;
import dev.unraced.stash.StashPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttackTimelineTest {

    static List<Attack> attacks() {
        return Attacks.all();
    }

    @Test
    void tellsWhatTheKernelCopiedAndWhatTheObserverDid() {
        Attack attack = Attacks.named("flip-missing").orElseThrow();

        assertThat(AttackTimeline.of(attack, Mode.STASH, Schedule.parse("0 1 0*2 1 0"))
                        .text(160, TextStyle.ASCII))
                .isEqualTo("""
                        flip-missing, mode stash: the same, of an open that fails

                            caller                                    flipper
                          ----------------------------------------  -------------------------
                          + openat(path)                                                       the observer reads "/tmp/harmless"
                        ! |                                           path := "/tmp/evil"
                          | getname: the kernel copies "/tmp/evil"
                          | do_filp_open: -ENOENT
                        ! |                                           path := "/tmp/harmless"
                          + openat = -ENOENT                                                   the observer takes back "/tmp/harmless"
                                                                                               the observer finds the path unchanged
                                                                                               event: path "/tmp/harmless" ENTER UNCHECKED
                                                                                               result -ENOENT, FD_TABLE_SHARED
                                                                                               FOOLED

                        FOOLED: an event does not say what the kernel did, and has no warning (EXIT or UNCHECKED alone is none).
                        """);
    }

    @Test
    void anObserverWithoutMitigationReadsAtTheReturnAlone() {
        assertThat(toldUntilTheEvent("flip", Mode.OFF, "1 0*4 1 0"))
                .containsExactly(
                        "path := \"/tmp/evil\"",
                        "openat(path)",
                        "getname: the kernel copies \"/tmp/evil\"",
                        "do_filp_open: opens \"/tmp/evil\", inode 9",
                        "fd_install: 0",
                        "path := \"/tmp/harmless\"",
                        "openat = 0",
                        "the observer reads \"/tmp/harmless\"",
                        "the observer looks up descriptor 0");
    }

    @Test
    void aPageThatIsAbsentAtEntryIsReadAtTheReturn() {
        assertThat(toldUntilTheEvent("cold-page", Mode.STASH, "0*4 1 0"))
                .containsExactly(
                        "openat(path)",
                        "the observer cannot read the path without a page fault",
                        "getname: the kernel copies \"/tmp/evil\"",
                        "do_filp_open: opens \"/tmp/evil\", inode 9",
                        "fd_install: 0",
                        "path := \"/tmp/harmless\"",
                        "openat = 0",
                        "the observer takes back an entry without the path",
                        "the observer reads \"/tmp/harmless\"",
                        "the observer looks up descriptor 0");
    }

    @Test
    void aFullStashRefusesTheEntry() {
        assertThat(toldUntilTheEvent("stash-full", Mode.STASH, "0*4 1 0"))
                .containsExactly(
                        "openat(path)",
                        "the observer reads \"/tmp/evil\"",
                        "the stash refuses the entry",
                        "getname: the kernel copies \"/tmp/evil\"",
                        "do_filp_open: opens \"/tmp/evil\", inode 10",
                        "fd_install: 0",
                        "path := \"/tmp/harmless\"",
                        "openat = 0",
                        "the observer finds no entry: it was refused",
                        "the observer reads \"/tmp/harmless\"",
                        "the observer looks up descriptor 0");
    }

    @Test
    void theKernelsCopyIsTakenWhenTheKernelHasDoneItsWork() {
        assertThat(toldUntilTheEvent("flip", Mode.KERNEL, "0 1 0*3 1 0"))
                .containsExactly(
                        "openat(path)",
                        "the observer reads \"/tmp/harmless\"",
                        "path := \"/tmp/evil\"",
                        "getname: the kernel copies \"/tmp/evil\"",
                        "do_filp_open: opens \"/tmp/evil\", inode 9",
                        "the observer takes back \"/tmp/harmless\"",
                        "the observer takes the kernel's copy of the path, which is not what it read",
                        "the observer describes the kernel's own object",
                        "fd_install: 0",
                        "path := \"/tmp/harmless\"",
                        "openat = 0",
                        "the observer takes back \"/tmp/evil\"");
    }

    @Test
    void theTimelineFollowsTheObserverAndNotTheModeThatWasAskedFor() {
        Seams withoutMitigation = Seams.NONE.withSettings(asked -> new TraceSettings(
                Mitigation.OFF,
                asked.integrity(),
                asked.enterEvents(),
                asked.processEvents(),
                asked.syscalls(),
                asked.self(),
                asked.filters(),
                asked.limits(),
                asked.policy(),
                asked.stashEntries(),
                asked.stashLongPaths(),
                asked.ringBytes()));
        AttackSetup setup = new AttackSetup(Mitigation.KERNEL, withoutMitigation, StashPolicy.HASH, 1, true);
        setup.attach();
        Task task = setup.process("caller");
        setup.caller("caller", task).then(Moves.openat("path", setup.buffer(task, "/tmp/none")));

        List<String> told = new ArrayList<>();
        while (!setup.world().isFinished(0)) {
            SimWorld.Label label = (SimWorld.Label) setup.world().step(0).label();
            label.rows().forEach(row -> told.add(row.text()));
        }
        assertThat(told)
                .containsExactly(
                        "openat(path)",
                        "getname: the kernel copies \"/tmp/none\"",
                        "do_filp_open: -ENOENT",
                        "openat = -ENOENT",
                        "the observer reads \"/tmp/none\"",
                        "event: path \"/tmp/none\" EXIT UNCHECKED",
                        "result -ENOENT",
                        "TRUE");
    }

    /** Returns the rows before the first event. */
    private static List<String> toldUntilTheEvent(String attack, Mode mode, String schedule) {
        Attack shown = Attacks.named(attack).orElseThrow();
        return AttackTimeline.of(shown, mode, Schedule.parse(schedule)).rows().stream()
                .map(TimelineRow::text)
                .takeWhile(text -> !text.startsWith("event: "))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void endsWithTheVerdictInEveryMode(Attack attack) {
        AttackReport report = AttackReport.of(attack);
        for (AttackReport.Row row : report.rows()) {
            assertThat(AttackTimeline.of(attack, row.mode(), report.execution(row.mode()))
                            .text(120, TextStyle.UTF_8))
                    .contains("event: ")
                    .contains("\n" + row.worst() + ": ");
        }
    }

    @Test
    void anAttackOnNoDefenceHasNoNaiveMode() {
        Attack attack = Attacks.named("flip").orElseThrow();

        assertThatThrownBy(() -> AttackTimeline.of(attack, Mode.NAIVE, Schedule.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("flip has no mode naive");
    }
}
