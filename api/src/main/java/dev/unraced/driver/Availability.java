// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.config.InvalidConfigException;
import java.util.List;

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
    record Unavailable(String code, String missing, String remedy) implements Availability {
        /** The code of a driver whose part of the configuration is wrong. */
        public static final String INVALID_SETTING = "INVALID_SETTING";

        /** The answer of a driver to whose part of the configuration there is an objection. */
        public static Unavailable of(InvalidConfigException e) {
            return new Unavailable(INVALID_SETTING, String.join("; ", e.problems()) + ".", "Correct it.");
        }
    }

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

    /**
     * Insists on it.
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
     * A wrong setting is nobody's reason to take another driver: whoever wrote it did not mean that.
     *
     * @throws InvalidConfigException when the driver's part of the configuration is wrong
     */
    default void requireValidSettings() {
        if (this instanceof Unavailable u && u.code().equals(Unavailable.INVALID_SETTING)) {
            throw new InvalidConfigException(List.of(u.missing()));
        }
    }

    /** One line for people. */
    default String describe() {
        if (this instanceof Unavailable u) {
            return u.code() + ": " + u.missing() + " " + u.remedy();
        }
        return this instanceof Inconclusive i ? "inconclusive: " + i.cause() : "available";
    }
}
