// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

/** Whether a driver can run here, and if not, why and what to do. */
public sealed interface Availability {

    /** The driver can run. */
    record Available() implements Availability {}

    /**
     * The driver cannot run.
     *
     * @param code stable, for programs and for the documentation: upper case with underscores, such as NO_PRIVILEGE
     * @param missing what is missing, one sentence
     * @param remedy how to get it: a command or a setting, or that there is no way
     */
    record Unavailable(String code, String missing, String remedy) implements Availability {}

    /**
     * It could not be found out.
     *
     * @param cause what went wrong with the attempt, one sentence
     */
    record Inconclusive(String cause) implements Availability {}

    /** Whether this is {@link Available}. */
    default boolean isAvailable() {
        return this instanceof Available;
    }

    /** One line for people. */
    default String describe() {
        if (this instanceof Unavailable u) {
            return u.code() + ": " + u.missing() + " " + u.remedy();
        }
        return this instanceof Inconclusive i ? "inconclusive: " + i.cause() : "available";
    }
}
