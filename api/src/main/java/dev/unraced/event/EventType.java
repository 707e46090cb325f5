// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The types of events, by how much of a call they hold. */
public enum EventType implements Coded {
    /** The whole call: its arguments, its result, and the object that it acted on. */
    MERGED(RecordLayout.TYPE_MERGED),

    /**
     * The entry of the call, with its arguments as they were read then: an additional event for consumers that need it.
     * It has no result, no time of return, and no file or socket.
     */
    ENTER(RecordLayout.TYPE_ENTER);

    private static final EventType[] BY_CODE = Coded.table(values(), new EventType[0]);

    private final int code;

    EventType(int code) {
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
    public static EventType of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
