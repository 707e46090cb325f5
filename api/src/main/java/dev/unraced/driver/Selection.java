// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The outcome of a choice among drivers.
 *
 * @param driver the first that can run
 * @param passedOver those before it, in order
 */
public record Selection(Driver driver, List<PassedOver> passedOver) {

    /**
     * A driver that was not taken.
     *
     * @param name the name that the configuration has
     * @param why why it cannot run
     */
    public record PassedOver(String name, Availability why) {

        /** One line for people. */
        public String describe() {
            return name + ": " + why.describe();
        }
    }

    public Selection {
        passedOver = List.copyOf(passedOver);
    }

    /** One line for people: the driver, and why not those before it. */
    public String describe() {
        String others = passedOver.stream().map(PassedOver::describe).collect(Collectors.joining("; "));
        return others.isEmpty() ? driver.name() : driver.name() + ", passed over " + others;
    }
}
