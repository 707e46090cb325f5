// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that the defaults are documented in reference.conf and in the manual. */
class ReferenceTest {
    private final KnownKeys keys = new KnownKeys(ConfigLoader.reference(CaptureConfig.class.getClassLoader()));

    @Test
    void everyKeyHasACommentThatDocumentsIt() {
        assertThat(keys.defaults())
                .isNotEmpty()
                .allSatisfy((key, value) ->
                        assertThat(value.origin().comments()).as(key).isNotEmpty());
    }

    @Test
    void everyKeyStandsInTheManualWithDefaultAndVariable() throws IOException {
        String manual = Files.readString(Path.of("../docs/reference/configuration.md"));
        assertThat(keys.defaults()).allSatisfy((key, value) -> {
            String row = "| `%s` | `%s` |".formatted(key, SettingText.value(value));
            assertThat(manual.lines())
                    .as(key)
                    .anyMatch(line -> line.startsWith(row) && line.endsWith("| `" + KnownKeys.variable(key) + "` |"));
        });
    }

    @Test
    void aDriverBringsItsOwnDefaults(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("reference.conf"), "unraced.mine { depth = 3 }\nother.library = {}");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, CaptureConfig.class.getClassLoader())) {
            ConfigLoader layers = new ConfigLoader(
                    Map.of(), new Properties(), Path.of("/nonexistent"), ConfigLoader.reference(loader));
            CaptureConfig config = layers.load(Map.of(), null, "builder", null);
            assertThat(config.section("mine").integer("depth")).isEqualTo(3);
            assertThat(config.settings())
                    .contains(new Setting("unraced.mine.depth", "3", "default"))
                    .noneMatch(setting -> setting.key().startsWith("other"));
        }
    }
}
