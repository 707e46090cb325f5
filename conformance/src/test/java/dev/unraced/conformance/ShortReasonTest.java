// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unraced.conformance.RuleResult.Status;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShortReasonTest {
    private static final List<String> EVENTS =
            IntStream.range(0, 700).mapToObj(i -> "event " + i).toList();

    @Test
    void aDumpOfEventsIsCutAndTheReportForProgramsKeepsIt() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() ->
                        assertThat(String.join("\n", EVENTS)).as("the paths").isEqualTo("event 0"))
                .satisfies(e -> {
                    RuleResult result = new RuleResult("Open", "R1.1 A rule", Status.BROKEN, e.getMessage());
                    String text = new ConformanceReport("acme", List.of(result)).toText();
                    assertThat(text).contains("the paths", "event 0", "lines are left out here; --json");
                    assertThat(text.lines().count()).isLessThan(50);
                    assertThat(result.reason()).contains("event 400");
                });
    }

    @Test
    void aLongLineKeepsItsBeginningAndItsEnd() {
        String line = EVENTS.stream().collect(Collectors.joining(", ", "seen: [", "], expected: nothing"));
        assertThat(ShortReason.of(line))
                .startsWith("seen: [event 0")
                .contains(" characters ... ")
                .endsWith("expected: nothing")
                .hasSizeLessThan(ShortReason.LONGEST_LINE + 40);
    }

    @Test
    void aShortReasonStaysAsItIs() {
        assertThat(ShortReason.of("R1.1: one event too many\nseen 2\n")).isEqualTo("R1.1: one event too many\nseen 2");
    }
}
