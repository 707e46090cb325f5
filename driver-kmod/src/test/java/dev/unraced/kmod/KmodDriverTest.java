// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.Drivers;
import org.junit.jupiter.api.Test;

/** What the driver says before it touches the device. */
class KmodDriverTest {

    @Test
    void isFoundByItsName() {
        assertThat(Drivers.discover().all()).containsKey(KmodDriver.NAME);
    }

    @Test
    void whatTheModuleLacksIsRefusedAndNotPassedOver() {
        assertRefused(config().set("unraced.enter-events", "on"), "ENTER_EVENTS");
        assertRefused(config().set("unraced.filter.mount-namespaces", "1"), "SOURCE_FILTERS");
        assertRefused(config().set("unraced.filter.paths", "/etc"), "SOURCE_FILTERS");
        assertRefused(config().set("unraced.filter.result", "failed"), "SOURCE_FILTERS");
    }

    private static CaptureConfigBuilder config() {
        return CaptureConfig.builder();
    }

    private static void assertRefused(CaptureConfigBuilder config, String lacking) {
        assertThatThrownBy(() -> new KmodDriver().open(config.build()))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining(lacking);
    }
}
