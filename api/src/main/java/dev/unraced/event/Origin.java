// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The ways in which a call reaches the kernel. */
public enum Origin implements Capability, Coded {
    /** A system call of the thread that the event names. */
    SYSCALL(0),

    /** A request on an io_uring; the event names its submitter. */
    IO_URING(1);

    private static final Origin[] BY_CODE = Coded.table(values(), new Origin[0]);

    private final int code;

    Origin(int code) {
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
    public static Origin of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
