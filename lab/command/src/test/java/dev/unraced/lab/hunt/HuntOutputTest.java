// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Mitigation;
import dev.unraced.format.JsonLines;
import dev.unraced.hunt.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Tests that the output of a hunt says how much the witness in the kernel missed, or that there was none. */
class HuntOutputTest {
    @Test
    void theTextCountsTheRecordsThatTheWitnessLost() {
        assertThat(HuntText.of(result(OptionalLong.of(7)))).contains("\n  witness in the kernel: 7 records lost\n");
        assertThat(HuntText.of(result(OptionalLong.empty()))).contains("\n  witness in the kernel: none\n");
    }

    @Test
    void theJsonCountsTheRecordsThatTheWitnessLost() {
        assertThat(only(HuntJson.of(List.of(result(OptionalLong.of(7)))))).containsEntry("missed_by_witness", 7L);
        assertThat(only(HuntJson.of(List.of(result(OptionalLong.empty()))))).containsEntry("missed_by_witness", null);
    }

    private static Map<String, Object> only(String json) {
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> results =
                (List<Map<String, Object>>) JsonLines.parse(json.strip()).get(0).get("results");
        return results.get(0);
    }

    private static HuntResult result(OptionalLong missed) {
        return new HuntResult("alpha", Mitigation.KERNEL, 1, 1, 0, missed, new Verdict(), Optional.empty(), List.of());
    }
}
