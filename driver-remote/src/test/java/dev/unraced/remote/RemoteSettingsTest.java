// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import org.junit.jupiter.api.Test;

class RemoteSettingsTest {

    @Test
    void pathsThatAreNoneAreNamedWithAllOtherProblems() {
        CaptureConfig config = CaptureConfig.builder()
                .set("remote.address", "example.org:7007")
                .set("remote.certificate", "/tls/\0")
                .set("remote.key", "/tls/key.pem")
                .set("remote.authorities", "/tls/\0")
                .set("remote.patience-ms", 1)
                .build();

        assertThatThrownBy(() -> RemoteSettings.of(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("unraced.remote.certificate = \"/tls/\\u0000\" (builder) is no path")
                .hasMessageContaining("unraced.remote.authorities = \"/tls/\\u0000\" (builder) is no path")
                .hasMessageContaining("unraced.remote.patience-ms = 1")
                .hasMessageNotContaining("needs certificate");
    }
}
