// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.Driver;
import dev.unraced.driver.Stage;
import java.time.Duration;
import java.util.Optional;

/** What a driver's author supplies. */
public interface DriverUnderTest {

    /** Long enough for a small ring to be full many times over. */
    Duration USUAL_STALL = Duration.ofMillis(200);

    /** Enough for a machine that is busy with other things. */
    Duration USUAL_PATIENCE = Duration.ofSeconds(20);

    /** The driver to be tested. */
    Driver driver();

    /** A fresh configuration for one capture; the kit adds mode, calls, filters and sizes to it. */
    default CaptureConfigBuilder config() {
        CaptureConfigBuilder builder = CaptureConfig.builder().driver(driver().name());
        return stage().map(place -> place.watched(builder)).orElse(builder);
    }

    /** The place that the driver watches; empty when that is this machine. */
    default Optional<Stage> stage() {
        return Optional.empty();
    }

    /** A fresh actor, in the place that the driver watches. */
    default Actor actor() {
        return stage().map(Actor::on).orElseGet(Actor::start);
    }

    /**
     * How long the kit waits for what must come, such as an event or books at rest, before a rule counts as broken. A
     * loaded machine needs seconds, an emulated one minutes, a simulation next to nothing.
     */
    default Duration patience() {
        return USUAL_PATIENCE;
    }

    /** How long a reader of events stalls, at least, while calls go on (R9.3). A minute makes it a soak. */
    default Duration stall() {
        return USUAL_STALL;
    }

    /**
     * Which part of the masses of calls, threads and flips that some rules make is really made, from 0 to 1. Less than
     * all of it is no proof of a driver; it is for tests of the kit.
     */
    default double intensity() {
        return 1;
    }
}
