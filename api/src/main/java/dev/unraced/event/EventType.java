// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** How much of a call an event holds. */
public enum EventType implements Coded {
    /** The whole call: its arguments, its result, and what it acted on. */
    MERGED(RecordLayout.TYPE_MERGED),

    /**
     * That the call entered, with its arguments as they were read then: an event beside the merged one, for consumers
     * that still need it. It has no result, no time of return, and no file or socket.
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
     * The constant with a record's code.
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
