// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares the table for authors of drivers with the capabilities that there are, and with the specification. */
class CapabilityTableTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_0-9]+)` \\| [^|]+ \\| ([^|]+) \\|$");
    private static final Pattern RULE =
            Pattern.compile("(?ms)^\\*\\*(R\\d+\\.\\d+)\\*\\* (?:MUST|SHOULD)(.*?)(?=^\\*\\*R\\d|^#|\\z)");

    @Test
    void theTableHasEachFeatureWithTheRulesThatNameIt() throws IOException {
        Map<String, String> table = new LinkedHashMap<>();
        ROW.matcher(read("reference/capabilities.md")).results().forEach(row -> table.put(row.group(1), row.group(2)));
        assertThat(table.keySet())
                .containsExactlyElementsOf(
                        Arrays.stream(Feature.values()).map(Feature::name).toList());
        List<MatchResult> rules = RULE.matcher(read("spec.md")).results().toList();
        table.forEach((feature, named) -> assertThat(String.join(
                        ", ",
                        rules.stream()
                                .filter(rule -> rule.group(2).contains("`" + feature + "`"))
                                .map(rule -> rule.group(1))
                                .toList()))
                .as(feature)
                .isEqualTo(named));
    }

    private static String read(String document) throws IOException {
        return Files.readString(Path.of("..", "docs", document));
    }
}
