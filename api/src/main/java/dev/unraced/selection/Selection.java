// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import dev.unraced.capture.Availability;
import dev.unraced.driver.Driver;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The outcome of a choice among drivers.
 *
 * @param driver the first driver that can run
 * @param passedOver the drivers before it, in order
 */
public record Selection(Driver driver, List<PassedOver> passedOver) {

    /**
     * A driver that was passed over.
     *
     * @param name the driver's name in the configuration
     * @param why the reason why it cannot run
     */
    public record PassedOver(String name, Availability why) {

        /** The code of a driver of which nobody could find out whether it can run. */
        public static final String INCONCLUSIVE = "INCONCLUSIVE";

        /**
         * Returns the reason for programs: the stable code of {@link Availability.Unavailable}, such as NO_PRIVILEGE,
         * or {@value #INCONCLUSIVE}.
         */
        public String code() {
            return why instanceof Availability.Unavailable unavailable ? unavailable.code() : INCONCLUSIVE;
        }

        /** Returns one line for people. */
        public String describe() {
            return name + ": " + why.describe();
        }
    }

    public Selection {
        passedOver = List.copyOf(passedOver);
    }

    /** Returns one line for people: the driver, and why earlier drivers were passed over. */
    public String describe() {
        String others = passedOver.stream().map(PassedOver::describe).collect(Collectors.joining("; "));
        return others.isEmpty() ? driver.name() : driver.name() + ", passed over " + others;
    }
}
