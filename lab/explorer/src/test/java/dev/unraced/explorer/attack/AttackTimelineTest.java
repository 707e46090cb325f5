// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.explorer.Schedule;
import dev.unraced.explorer.TextStyle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttackTimelineTest {

    static List<Attack> attacks() {
        return Attacks.all();
    }

    @Test
    void tellsWhatTheKernelCopiedAndWhatTheObserverRead() {
        Attack attack = Attacks.named("flip-missing").orElseThrow();

        assertThat(AttackTimeline.of(attack, Mode.STASH, Schedule.parse("0 1 0*2 1 0"))
                        .text(160, TextStyle.ASCII))
                .isEqualTo("""
                        flip-missing, mode stash: the same, of an open that fails

                            caller                                    flipper
                          ----------------------------------------  -------------------------
                          + openat(path)                                                       sys_enter: the observer reads "/tmp/harmless"
                        ! |                                           path := "/tmp/evil"
                          | getname: the kernel copies "/tmp/evil"
                          | do_filp_open: -ENOENT
                        ! |                                           path := "/tmp/harmless"
                          + openat = -ENOENT                                                   event: path "/tmp/harmless" ENTER UNCHECKED
                                                                                               result -ENOENT, FD_TABLE_SHARED
                                                                                               FOOLED

                        FOOLED: an event does not say what the kernel did, and nothing in it says so.
                        """);
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
