// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.driver.Driver;
import dev.unraced.driver.Drivers;
import dev.unraced.driver.Stage;
import java.util.Optional;

/**
 * A driver on the class path, with the place that it watches.
 *
 * @param driver the driver
 * @param stage discovered together with it: one discovered apart may be about another place
 */
public record DiscoveredDriver(Driver driver, Optional<Stage> stage) implements DriverUnderTest {

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
