// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

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

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
