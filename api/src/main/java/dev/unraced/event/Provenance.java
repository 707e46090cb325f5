// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The places where the bytes of an argument were read. */
public enum Provenance implements Capability, Coded {
    /** Nowhere: the argument was unreadable or absent. */
    NONE(0),

    /** User memory when the call returned: another thread may have forged the bytes. */
    EXIT(1),

    /** User memory when the call entered, before the kernel made its copy. */
    ENTER(2),

    /** The kernel's own copy: registers, or the memory it copied the argument to. */
    KERNEL(3);

    private static final Provenance[] BY_CODE = Coded.table(values(), new Provenance[0]);

    private final int code;

    Provenance(int code) {
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
    public static Provenance of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
