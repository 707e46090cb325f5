// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.subject;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import java.time.Duration;
import java.util.Optional;

/** The driver and the settings that its author supplies. */
public interface DriverUnderTest {

    /** The usual stall, long enough for a small ring to be filled many times over. */
    Duration USUAL_STALL = Duration.ofMillis(200);

    /** The usual patience, enough for a machine that is busy with other things. */
    Duration USUAL_PATIENCE = Duration.ofSeconds(20);

    /** Returns the driver to be tested. */
    Driver driver();

    /** Returns a fresh configuration for one capture; the kit adds mode, calls, filters and sizes to it. */
    default CaptureConfigBuilder config() {
        CaptureConfigBuilder builder = CaptureConfig.builder().driver(driver().name());
        return actorHost().map(place -> place.watched(builder)).orElse(builder);
    }

    /** Returns the place that the driver watches; empty when that is this machine. */
    default Optional<ActorHost> actorHost() {
        return Optional.empty();
    }

    /** Returns a fresh actor, in the place that the driver watches. */
    default Actor actor() {
        return actorHost().map(Actor::on).orElseGet(Actor::start);
    }

    /**
     * Returns how long the kit waits for what must come, such as an event or accounts at rest, before a rule is broken.
     * A loaded machine needs seconds, an emulated one minutes, a simulation next to nothing.
     */
    default Duration patience() {
        return USUAL_PATIENCE;
    }

    /**
     * Returns the least time that a reader of events stalls while calls go on (R9.3). With a minute the rule is a soak.
     */
    default Duration stall() {
        return USUAL_STALL;
    }

    /**
     * Returns the fraction, from 0 to 1, of the calls, threads and flips that some rules make in masses. Less than 1
     * proves nothing about a driver; it is for tests of the kit.
     */
    default double intensity() {
        return 1;
    }
}
