// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/** Whether a connect looks at the address that it passes, by its socket when the connect begins. */
public enum Heed {
    /** An attempt or a connection is there, or nobody knows: the kernel may tell of that one instead. */
    UNKNOWN(0),
    /** The address counts if no other connect of the socket overlaps. */
    IF_ALONE(1),
    ALWAYS(2);

    private final int code;

    Heed(int code) {
        this.code = code;
    }

    /** Returns the number in a stash, from 0 to 2. */
    public int code() {
        return code;
    }

    /** Returns the constant with this number. */
    public static Heed of(int code) {
        return code == 0 ? UNKNOWN : code == 1 ? IF_ALONE : ALWAYS;
    }
}
