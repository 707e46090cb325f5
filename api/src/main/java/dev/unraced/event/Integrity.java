// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The verdicts on whether the bytes of an argument held while the call ran. */
public enum Integrity implements Capability, Coded {
    /** The driver had nothing to compare with, or no proof; the event's flags can say why. */
    UNCHECKED(0),

    /** A proof shows that the bytes are the kernel's own copy, or that they name the object that the call acted on. */
    MATCH(1),

    /** Two reads differed, or the kernel's copy differs from the snapshot: evidence of an attack. */
    CHANGED(2),

    /** The call acted on another object than the argument names; trust the file or socket of the event. */
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
     * Returns the constant with a record's code.
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
