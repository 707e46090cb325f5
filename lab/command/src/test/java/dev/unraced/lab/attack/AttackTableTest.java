// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.conformance.attack.AttackCounts;
import dev.unraced.conformance.attack.AttackResult;
import dev.unraced.conformance.attack.AttackResult.Status;
import dev.unraced.event.Mitigation;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttackTableTest {
    private static final AttackedPlace PLACE = new AttackedPlace("alpha", "6.0", 2);

    @Test
    void whatWasBrokenIsSaidBelowTheTable() {
        AttackResult broken = result("flip", Mitigation.STASH, Status.BROKEN, 10, 1, "R2.15: a false proof");

        assertThat(AttackTable.text(PLACE, List.of(broken))).isEqualTo("""
                Driver alpha, kernel 6.0, 2 processors

                attack  mode   calls  correct  wrong  flagged  false MATCH  wrong object  marked  won  MATCH  CHANGED
                flip    stash     10        9      1        0            1             0       0    -      0        0

                BROKEN (R2.15: a false proof): flip stash
                """);
    }

    @Test
    void racesAreAddedUpByModeAndKindOfCall() {
        List<AttackResult> results = List.of(
                result("flip", Mitigation.STASH, Status.HELD, 10, 0, ""),
                result("flip", Mitigation.KERNEL, Status.HELD, 1, 0, ""),
                result("flip-back", Mitigation.STASH, Status.HELD, 20, 0, ""),
                result("symlink", Mitigation.STASH, Status.HELD, 40, 0, ""),
                result("flip-connect", Mitigation.STASH, Status.HELD, 80, 0, ""),
                result("ia32", Mitigation.STASH, Status.NOT_DECLARED, 0, 0, "IA32: not here"),
                result("flip-connect-back", Mitigation.STASH, Status.HELD, 160, 0, ""));

        assertThat(AttackTable.markdown(PLACE, results))
                .contains(
                        "| all raced opens | stash | 30 | 30 | 0 | 0 | 0 | 0 | 0 | - | 0 | 0 |\n",
                        "| all raced connects | stash | 240 | 240 | 0 | 0 | 0 | 0 | 0 | - | 0 | 0 |\n",
                        "- not played: not declared by the driver (IA32: not here): ia32 stash\n")
                .doesNotContain("all raced opens | kernel");
    }

    private static AttackResult result(
            String attack, Mitigation mode, Status status, long attempts, long falseMatches, String reason) {
        AttackCounts counts = AttackCounts.builder()
                .attempts(attempts)
                .wrong(falseMatches)
                .falseMatches(falseMatches)
                .build();
        return new AttackResult(AttackCorpus.named(attack).orElseThrow(), mode, status, counts, reason);
    }
}
