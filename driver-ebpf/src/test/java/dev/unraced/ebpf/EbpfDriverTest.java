// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Availability;
import dev.unraced.config.CaptureConfig;
import org.junit.jupiter.api.Test;

/** Tests the driver's answers that need no kernel. */
class EbpfDriverTest {

    @Test
    void availabilityReportsAWrongSettingAndThrowsNothing() {
        CaptureConfig config =
                CaptureConfig.builder().set("unraced.ebpf.hooks", "kprobe").build();

        assertThat(new EbpfDriver().availability(config))
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        found -> assertThat(found.describe()).contains("auto, function, tracepoint"));
    }
}
