// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The protection of a capture against arguments that change while the call runs. */
public enum Mitigation implements Capability, Coded {
    /** Arguments are read when the call returns: cheapest, and forgeable. */
    OFF(0),

    /** Arguments are read when the call enters, and stashed until it returns. */
    STASH(1),

    /** The kernel's own copy of an argument replaces the snapshot made at entry. */
    KERNEL(2);

    private static final Mitigation[] BY_CODE = Coded.table(values(), new Mitigation[0]);

    private final int code;

    Mitigation(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /**
     * Returns the constant with a record's code.
     *
     * @throws IllegalArgumentException for a code that no constant has
     */
    public static Mitigation of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    /**
     * Returns the constant that a text names, in letters of any case.
     *
     * @throws IllegalArgumentException for any other text; the message lists the names
     */
    public static Mitigation parse(String text) {
        for (Mitigation mode : values()) {
            if (mode.name().equalsIgnoreCase(text)) {
                return mode;
            }
        }
        String names = Arrays.stream(values())
                .map(mode -> mode.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException("there is no mode '" + text + "'; there are " + names);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
