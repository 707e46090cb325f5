// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Availability;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.selection.Drivers;
import org.junit.jupiter.api.Test;

/** Tests the driver's answers that need no device. */
class KmodDriverTest {

    @Test
    void isFoundByItsName() {
        assertThat(Drivers.discover().all()).containsKey(KmodDriver.NAME);
    }

    @Test
    void aWrongSettingIsNamedWithWhatIsAllowed() {
        assertRefused(config().set("unraced.kmod.rings", "two"), "one, per-cpu");
        assertRefused(config().set("unraced.kmod.hooks", "kprobe"), "auto, function, tracepoint");
        assertRefused(config().set("unraced.kmod.wake-bytes", "65536"), "1 to 32768");
    }

    @Test
    void availabilityReportsAWrongSettingAndThrowsNothing() {
        CaptureConfig config = config().set("unraced.kmod.hooks", "kprobe").build();

        assertThat(new KmodDriver().availability(config))
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        found -> assertThat(found.describe()).contains("auto, function, tracepoint"));
    }

    private static CaptureConfigBuilder config() {
        return CaptureConfig.builder();
    }

    private static void assertRefused(CaptureConfigBuilder config, String said) {
        assertThatThrownBy(() -> new KmodDriver().open(config.build()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(said);
    }
}
