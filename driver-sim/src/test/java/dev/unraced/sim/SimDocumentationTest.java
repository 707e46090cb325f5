// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.CaptureConfig;
import dev.unraced.sim.kernel.CallStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Checks that the manual agrees with the code. */
class SimDocumentationTest {
    private static final String EXAMPLE = "src/test/java/dev/unraced/sim/example/StagedAttackTest.java";

    @Test
    void theExampleIsTheOneThatRuns() throws IOException {
        String source = Files.readString(Path.of(EXAMPLE));
        String withoutLicence = source.substring(source.indexOf('\n') + 1);

        assertThat(manual("simulator.md")).contains("```java\n" + withoutLicence + "```\n");
    }

    @Test
    void everyStepOfACallIsExplained() throws IOException {
        String manual = manual("simulator.md");

        assertThat(Arrays.stream(CallStep.values()).map(step -> "\n| `" + step + "` | "))
                .allSatisfy(row -> assertThat(manual).contains(row));
    }

    @Test
    void everyKeyStandsInTheManualWithDefaultAndVariable() throws IOException {
        String manual = manual("configuration.md");

        assertThat(CaptureConfig.builder().build().settings())
                .filteredOn(setting -> setting.key().startsWith("unraced.sim."))
                .hasSize(2)
                .allSatisfy(setting -> {
                    String variable = setting.key().replace('.', '_').toUpperCase(Locale.ROOT);
                    assertThat(manual.lines())
                            .anyMatch(
                                    line -> line.startsWith("| `" + setting.key() + "` | `" + setting.value() + "` | ")
                                            && line.endsWith(" | `" + variable + "` |"));
                });
    }

    private static String manual(String name) throws IOException {
        return Files.readString(Path.of("../docs/reference", name));
    }
}
