// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import org.junit.jupiter.api.Test;

class GvisorSettingsTest {

    @Test
    void pathsThatAreNoneAreNamedWithAllOtherProblems() {
        CaptureConfig config = CaptureConfig.builder()
                .set("gvisor.endpoint", "/run/\0")
                .set("gvisor.record", "/tmp/\0")
                .set("gvisor.socket-mode", "999")
                .build();

        assertThatThrownBy(() -> GvisorSettings.of(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("unraced.gvisor.endpoint = \"/run/\\u0000\" (builder) is no path")
                .hasMessageContaining("unraced.gvisor.record = \"/tmp/\\u0000\" (builder) is no path")
                .hasMessageContaining("unraced.gvisor.socket-mode");
    }
}
