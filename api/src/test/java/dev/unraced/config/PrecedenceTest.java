// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecedenceTest {
    @TempDir
    Path directory;

    private Path file;
    private final Layers layers = new Layers();

    @BeforeEach
    void writeFile() throws IOException {
        file = Files.writeString(directory.resolve("unraced.conf"), "unraced.stash.long-paths = 1");
    }

    @Test
    void fileOverDefault() {
        assertThat(layers.defaultFile(file).load().stashLongPaths()).isEqualTo(1);
    }

    @Test
    void environmentOverFile() {
        layers.defaultFile(file).variable("UNRACED_STASH_LONG_PATHS", "2");
        assertThat(layers.load().stashLongPaths()).isEqualTo(2);
    }

    @Test
    void systemPropertyOverEnvironment() {
        layers.defaultFile(file).variable("UNRACED_STASH_LONG_PATHS", "2").property("unraced.stash.long-paths", "3");
        assertThat(layers.load().stashLongPaths()).isEqualTo(3);
    }

    @Test
    void builderOverSystemProperty() {
        layers.defaultFile(file).variable("UNRACED_STASH_LONG_PATHS", "2").property("unraced.stash.long-paths", "3");
        assertThat(layers.builder().stashLongPaths(4).build().stashLongPaths()).isEqualTo(4);
    }

    @Test
    void theNameOfTheFileFollowsTheSameOrder() throws IOException {
        Path second = Files.writeString(directory.resolve("second.conf"), "unraced.stash.long-paths = 2");
        Path third = Files.writeString(directory.resolve("third.conf"), "unraced.stash.long-paths = 3");
        Path fourth = Files.writeString(directory.resolve("fourth.conf"), "unraced.stash.long-paths = 4");
        layers.defaultFile(file).variable("UNRACED_CONFIG", second.toString());
        assertThat(layers.load().stashLongPaths()).isEqualTo(2);
        layers.property("unraced.config", third.toString());
        assertThat(layers.load().stashLongPaths()).isEqualTo(3);
        assertThat(layers.builder().file(fourth).build().stashLongPaths()).isEqualTo(4);
    }

    @Test
    void variablesThatAreNoSettings() {
        layers.variable("UNRACED_REQUIRE", "ebpf")
                .variable("UNRACED_HOME", "/opt/unraced")
                .variable("UNRACED_HOME_CACHE", "/var/cache/unraced")
                .variable("UNRACEDNESS", "none");
        assertThat(layers.load().stashLongPaths()).isEqualTo(256);
    }
}
