// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import dev.unraced.config.InvalidConfigException;
import java.util.List;

/** Tells whether a driver can run here, and if not, the reason and the remedy. */
public sealed interface Availability {

    /** The driver can run. */
    record Available() implements Availability {}

    /**
     * The driver cannot run.
     *
     * @param code stable, for programs and for the documentation: upper case with underscores, such as NO_PRIVILEGE
     * @param missing what is missing, one sentence
     * @param remedy how to get it: a command, a setting, or a statement that no remedy exists
     */
    record Unavailable(String code, String missing, String remedy) implements Availability {
        /** The code for a driver whose part of the configuration is wrong. */
        public static final String INVALID_SETTING = "INVALID_SETTING";

        /** Returns the answer of a driver whose part of the configuration is wrong. */
        public static Unavailable of(InvalidConfigException e) {
            return new Unavailable(INVALID_SETTING, String.join("; ", e.problems()) + ".", "Correct it.");
        }
    }

    /**
     * The attempt to find out failed.
     *
     * @param cause the failure of the attempt, one sentence
     */
    record Inconclusive(String cause) implements Availability {}

    /** Returns whether this is {@link Available}. */
    default boolean isAvailable() {
        return this instanceof Available;
    }

    /**
     * Throws unless the driver can run.
     *
     * @param driver the driver's name
     * @throws InvalidConfigException when the driver's part of the configuration is wrong
     * @throws CaptureException when it cannot run for another reason
     */
    default void require(String driver) {
        requireValidSettings();
        if (!isAvailable()) {
            throw new CaptureException("Driver " + driver + " cannot be used. " + describe());
        }
    }

    /**
     * Throws for a wrong setting: a wrong setting must not silently select another driver.
     *
     * @throws InvalidConfigException when the driver's part of the configuration is wrong
     */
    default void requireValidSettings() {
        if (this instanceof Unavailable u && u.code().equals(Unavailable.INVALID_SETTING)) {
            throw new InvalidConfigException(List.of(u.missing()));
        }
    }

    /** Returns one line for people. */
    default String describe() {
        if (this instanceof Unavailable u) {
            return u.code() + ": " + u.missing() + " " + u.remedy();
        }
        return this instanceof Inconclusive i ? "inconclusive: " + i.cause() : "available";
    }
}
