// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.conformance.spec.RuleNumber;
import org.junit.jupiter.api.Test;

class RuleNumberTest {

    @Test
    void startsTheNameOfARule() {
        assertThat(RuleNumber.in("R2.15 A path")).contains(new RuleNumber(2, 15));
        assertThat(RuleNumber.in("R2.15")).contains(new RuleNumber(2, 15));
        for (String none : new String[] {"all rules", "R2", "R2.15: a path", "in R2.15", "R2.99999 x", ""}) {
            assertThat(RuleNumber.in(none)).as(none).isEmpty();
        }
    }

    @Test
    void isOrderedAsANumber() {
        assertThat(RuleNumber.of("R1.9")).isLessThan(RuleNumber.of("R1.10")).isLessThan(RuleNumber.of("R2.1"));
        assertThatThrownBy(() -> RuleNumber.of("R02.1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RuleNumber.of("R2.1 A path")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isChosenByAPattern() {
        assertChosen("R1.1", "R1.1", true);
        assertChosen("R1.1", "R1.10", false);
        assertChosen("R1.?", "R1.5", true);
        assertChosen("R1.?", "R1.15", false);
        assertChosen("r1.*", "R1.15", true);
        assertChosen("R3.1, R1.*", "R1.15", true);
        assertChosen("R1.1", "R11.1", false);
        assertChosen("*", "R9.9", true);
        assertChosen("", "R9.9", false);
        assertChosen("R(", "R9.9", false);
    }

    private static void assertChosen(String pattern, String rule, boolean chosen) {
        assertThat(RulePattern.of(pattern).matches(RuleNumber.of(rule)))
                .as("%s by '%s'", rule, pattern)
                .isEqualTo(chosen);
    }
}
