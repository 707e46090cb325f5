// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.scenario.StatsCheck;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests which rule a failure counts against. */
class BlameTest {
    private static final StashStats BALANCED =
            StashStats.builder().puts(3).takes(2).reclaimed(1).capacity(8).build();

    @Test
    void aFailureCountsForTheRuleThatItsReasonBeginsWith() {
        assertThat(broken("[R8.1: %s] \nexpected: 0").broken()).contains(new RuleNumber(8, 1));
        assertThat(broken("[R9.2] \nExpecting empty").broken()).contains(new RuleNumber(9, 2));
        assertThat(broken("R1.11: a call that returned before it entered").broken())
                .contains(new RuleNumber(1, 11));
        assertThat(broken("\n[R10.1: 7 bytes] ").broken()).contains(new RuleNumber(10, 1));
    }

    @Test
    void aFailureThatNamesNoRuleCountsForTheOneThatWasTested() {
        for (String reason : new String[] {
            "",
            "[the actor's part] \nexpected: 0",
            "no answer, see R8.1",
            "R8: no rule",
            "R12.34567: none",
            "[R1.2x] no"
        }) {
            assertThat(broken(reason).broken()).as(reason).contains(new RuleNumber(2, 1));
        }
        assertThat(new RuleResult("Opens", "all rules", Status.BROKEN, "no driver").broken())
                .isEmpty();
    }

    @Test
    void whatIsKeptOrSkippedIsNotBroken() {
        assertThat(new RuleResult("Opens", "R2.1 A path", Status.KEPT, "R8.1: figures").broken())
                .isEqualTo(Optional.empty());
        assertThat(new RuleResult("Opens", "R2.1 A path", Status.SKIPPED, "R8.1: lacks").broken())
                .isEqualTo(Optional.empty());
    }

    @Test
    void booksSayWhichRuleTheyBreak() {
        StashStats unbalanced =
                StashStats.builder().puts(4).takes(2).reclaimed(1).capacity(8).build();
        assertThat(StatsCheck.unrest(stats(5, 3, BALANCED), 3)).startsWith("R8.1: ");
        assertThat(StatsCheck.unrest(stats(4, 3, unbalanced), 3)).startsWith("R8.2: ");
        assertThat(StatsCheck.unrest(stats(4, 3, BALANCED), 2)).startsWith("R1.1: ");
        assertThatThrownBy(() -> StatsCheck.assertClosed(stats(5, 3, BALANCED))).hasMessageContaining("[R8.1: ");
        assertThatThrownBy(() -> StatsCheck.assertClosed(stats(4, 3, unbalanced)))
                .hasMessageContaining("[R8.2: ");
        StashStats occupied = StashStats.builder()
                .puts(4)
                .takes(2)
                .reclaimed(1)
                .live(1)
                .capacity(8)
                .build();
        assertThatThrownBy(() -> StatsCheck.assertClosed(stats(4, 3, occupied))).hasMessageContaining("[R6.5: ");
        assertThat(StatsCheck.atRest(stats(4, 3, BALANCED), 3)).isTrue();
    }

    private static RuleResult broken(String reason) {
        return new RuleResult("Opens", "R2.1 A path", Status.BROKEN, reason);
    }

    private static CaptureStats stats(long returned, long delivered, StashStats stash) {
        return CaptureStats.builder()
                .returned(returned)
                .delivered(delivered)
                .lost(Map.of(LossReason.RING_FULL, 1L))
                .ringBytes(1024)
                .stashBytes(1024)
                .stash(stash)
                .build();
    }
}
