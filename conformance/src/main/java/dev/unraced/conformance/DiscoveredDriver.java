// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.selection.Drivers;
import java.time.Duration;
import java.util.Optional;

/**
 * A driver on the class path, with the place that it watches.
 *
 * @param driver the driver
 * @param actorHost the host that was discovered together with the driver; a separate discovery may give another place
 * @param patience the longest time that the kit waits for what must come
 * @param stall the time that a reader of events stalls while calls go on
 * @param intensity the fraction of the calls that rules make in masses; see {@link DriverUnderTest#intensity}
 */
public record DiscoveredDriver(
        Driver driver, Optional<ActorHost> actorHost, Duration patience, Duration stall, double intensity)
        implements DriverUnderTest {

    /** Makes one with the usual patience and stall. */
    public DiscoveredDriver(Driver driver, Optional<ActorHost> actorHost) {
        this(driver, actorHost, USUAL_PATIENCE);
    }

    /** Makes one with the usual stall. */
    public DiscoveredDriver(Driver driver, Optional<ActorHost> actorHost, Duration patience) {
        this(driver, actorHost, patience, USUAL_STALL, 1);
    }

    /**
     * Returns the driver of a name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static DiscoveredDriver of(Drivers drivers, String name) {
        Driver driver = drivers.all().get(name);
        if (driver == null) {
            throw new IllegalArgumentException(
                    "no driver is named '" + name + "'; known drivers: " + String.join(", ", drivers.names()));
        }
        return new DiscoveredDriver(driver, drivers.actorHost(name));
    }
}
