// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The types of process events. */
public enum ProcessEventType implements Coded {
    /** A process was forked and has not run yet. Threads are no processes. */
    FORK(ProcessLayout.TYPE_FORK),

    /** A process has executed a program (execve, execveat), which has not run yet. */
    EXEC(ProcessLayout.TYPE_EXEC),

    /** The last thread of a process ends. */
    EXIT(ProcessLayout.TYPE_EXIT),

    /** The process was there when the capture opened. Its path as asked for and its arguments are not known. */
    ALIVE(ProcessLayout.TYPE_ALIVE);

    private static final ProcessEventType[] BY_CODE = Coded.table(values(), new ProcessEventType[0]);

    private final int code;

    ProcessEventType(int code) {
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
    public static ProcessEventType of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
