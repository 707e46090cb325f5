// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Availability;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimDriverTest {
    private final Driver driver = SimKernel.create().driver();

    @ParameterizedTest
    @CsvSource({"kernel, demmo", "stash, lur"})
    void aValueThatIsNotAllowedNamesTheNearest(String key, String value) {
        CaptureConfig config = CaptureConfig.builder()
                .driver("sim")
                .set("unraced.sim." + key, value)
                .build();

        assertThat(driver.availability(config))
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        why -> assertThat(why.missing())
                                .startsWith("unraced.sim." + key + " = " + value + " (builder), the nearest is ")
                                .contains("; allowed: "));
        assertThatThrownBy(() -> driver.open(config)).isInstanceOf(InvalidConfigException.class);
    }
}
