// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Capture;
import dev.unraced.driver.Drivers;
import org.junit.jupiter.api.Test;

class AcmeDiscoveryTest {

    @Test
    void agentsFindItByItsName() {
        assertThat(Drivers.discover().names()).contains("acme");
        try (Capture capture = Capture.open(CaptureConfig.builder().driver("acme").build())) {
            assertThat(capture.driver()).isEqualTo("acme");
        }
    }
}
