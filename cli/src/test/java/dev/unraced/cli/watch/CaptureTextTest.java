// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CaptureTextTest {

    @Test
    void otherDriversWaitForNothing() {
        assertThat(CaptureText.awaited(capture("ebpf"), CaptureConfig.builder().build(), () -> {
                    throw new AssertionError("asked for notes");
                }))
                .isEmpty();
    }

    @Test
    void gvisorWaitsForSandboxes() {
        assertThat(awaited(CaptureConfig.builder().build(), "runsc version release-20250319.0"))
                .singleElement()
                .asString()
                .contains("trace session");
    }

    @Test
    void withoutRunscItSaysSo() {
        assertThat(awaited(CaptureConfig.builder().build(), "none that could be asked (no such file)"))
                .last()
                .asString()
                .isEqualTo("unraced: runsc: none that could be asked (no such file)");
    }

    @Test
    void idsOfProcessesAreThoseInASandbox() {
        assertThat(awaited(CaptureConfig.builder().tgids(1).build(), "runsc version release-20250319.0"))
                .last()
                .asString()
                .contains("--pid chooses by the ids that processes have in their sandbox");
    }

    private static List<String> awaited(CaptureConfig config, String note) {
        return CaptureText.awaited(capture("gvisor"), config, () -> Map.of("runsc", note));
    }

    private static Capture capture(String driver) {
        Capture capture = mock();
        when(capture.driver()).thenReturn(driver);
        return capture;
    }
}
