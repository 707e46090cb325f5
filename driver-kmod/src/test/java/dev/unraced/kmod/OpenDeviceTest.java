// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a start that fails leaves no descriptor, with a file that is no device. */
class OpenDeviceTest {

    @Test
    void aFilterThatIsRefusedLeavesNoDescriptor(@TempDir Path folder) throws IOException {
        Path device = Files.createFile(folder.resolve("device"));
        String missing = folder.resolve("missing").toString();
        KmodSettings settings = KmodSettings.of(CaptureConfig.builder()
                .set("unraced.filter.executables", List.of(missing))
                .build());

        assertThatThrownBy(() -> OpenDevice.open(device.toString(), settings))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("there is no " + missing);
        assertThat(openDescriptors()).doesNotContain(device);
    }

    @Test
    void aConfigurationThatTheDeviceRefusesLeavesNoDescriptor(@TempDir Path folder) throws IOException {
        Path device = Files.createFile(folder.resolve("device"));
        KmodSettings settings = KmodSettings.of(CaptureConfig.builder().build());

        assertThatThrownBy(() -> OpenDevice.open(device.toString(), settings)).isInstanceOf(KmodFailure.class);
        assertThat(openDescriptors()).doesNotContain(device);
    }

    private static List<Path> openDescriptors() throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.map(OpenDeviceTest::target).toList();
        }
    }

    /** Returns where a descriptor leads; one that was closed meanwhile leads to itself. */
    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            return link;
        }
    }
}
