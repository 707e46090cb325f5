// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.driver.Driver;
import dev.unraced.driver.Drivers;
import dev.unraced.driver.Stage;
import java.time.Duration;
import java.util.Optional;

/**
 * A driver on the class path, with the place that it watches.
 *
 * @param driver the driver
 * @param stage discovered together with it: one discovered apart may be about another place
 * @param patience how long the kit waits for what must come
 * @param stall how long a reader of events stalls while calls go on
 */
public record DiscoveredDriver(Driver driver, Optional<Stage> stage, Duration patience, Duration stall)
        implements DriverUnderTest {

    /** With the usual patience and stall. */
    public DiscoveredDriver(Driver driver, Optional<Stage> stage) {
        this(driver, stage, USUAL_PATIENCE);
    }

    /** With the usual stall. */
    public DiscoveredDriver(Driver driver, Optional<Stage> stage, Duration patience) {
        this(driver, stage, patience, USUAL_STALL);
    }

    /**
     * The driver of a name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static DiscoveredDriver of(Drivers drivers, String name) {
        Driver driver = drivers.all().get(name);
        if (driver == null) {
            throw new IllegalArgumentException("no driver is named " + name + "; there are " + drivers.names());
        }
        return new DiscoveredDriver(driver, drivers.stage(name));
    }
}
