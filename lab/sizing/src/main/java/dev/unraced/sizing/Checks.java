// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.time.Duration;

/** Refuses numbers that make no scenario; users of the command line see the messages. */
final class Checks {
    private Checks() {}

    static void share(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " must be 0 to 1, not " + value);
        }
    }

    static void positive(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be above 0, not " + value);
        }
    }

    static void range(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ", not " + value);
        }
    }

    static void range(String what, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    what + " must be " + least.toSeconds() + " s to " + most.toSeconds() + " s, not " + seconds(value));
        }
    }

    private static String seconds(Duration value) {
        return value.toMillis() / 1000.0 + " s";
    }
}
