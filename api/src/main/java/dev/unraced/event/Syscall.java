// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static dev.unraced.linux.Errno.EINPROGRESS;

/** The watched system calls. */
public enum Syscall implements Capability, Coded {
    /** {@code open(2)}. */
    OPEN(1),

    /** {@code openat(2)}. */
    OPENAT(2),

    /** {@code openat2(2)}. */
    OPENAT2(3),

    /** {@code creat(2)}. */
    CREAT(4),

    /** {@code connect(2)}. */
    CONNECT(5);

    private static final Syscall[] BY_CODE = Coded.table(values(), new Syscall[0]);

    private final int code;

    Syscall(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** Returns whether this call opens a file, as all but {@link #CONNECT} do. */
    public boolean isOpenLike() {
        return this != CONNECT;
    }

    /**
     * Returns whether a call failed. A connect in progress has not failed; its later end makes no event.
     *
     * @param result the raw return value
     * @param executed whether the call ran at all; if not, the result is not its own
     */
    public boolean isFailure(long result, boolean executed) {
        return !executed || (result < 0 && !isInProgress(result, true));
    }

    /** Returns whether a connect goes on after its return. Parameters are those of {@link #isFailure}. */
    boolean isInProgress(long result, boolean executed) {
        return this == CONNECT && result == -EINPROGRESS && executed;
    }

    /**
     * Returns the constant with a record's code.
     *
     * @throws IllegalArgumentException for a code that no constant has
     */
    public static Syscall of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
