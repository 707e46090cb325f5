// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.Driver;
import dev.unraced.driver.Stage;
import java.util.Optional;

/** What a driver's author supplies. */
public interface DriverUnderTest {

    /** The driver to be tested. */
    Driver driver();

    /** A fresh configuration for one capture; the kit adds mode, calls, filters and sizes to it. */
    default CaptureConfigBuilder config() {
        return CaptureConfig.builder().driver(driver().name());
    }

    /** The place that the driver watches; empty when that is this machine. */
    default Optional<Stage> stage() {
        return Optional.empty();
    }

    /** A fresh actor, in the place that the driver watches. */
    default Actor actor() {
        return stage().map(Actor::on).orElseGet(Actor::start);
    }
}
