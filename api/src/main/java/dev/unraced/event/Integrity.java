// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** Whether the bytes of an argument held while the call ran. */
public enum Integrity implements Capability, Coded {
    /** There was nothing to compare with, or nothing that proves anything; the event's flags can say why. */
    UNCHECKED(0),

    /** Proven: the bytes are the kernel's own copy, or they name the object that the call acted on. */
    MATCH(1),

    /** Evidence of an attack: two reads differed, or the kernel's copy differs from the snapshot. */
    CHANGED(2),

    /** The object that the call acted on is not where the argument says; trust the truth fields. */
    DIFFERS(3);

    private static final Integrity[] BY_CODE = Coded.table(values(), new Integrity[0]);

    private final int code;

    Integrity(int code) {
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
    public static Integrity of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
