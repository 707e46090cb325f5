// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The calling convention by which a call entered the kernel. */
public enum Abi implements Capability, Coded {
    /** The 64-bit convention of the machine. */
    NATIVE(0),

    /** The 32-bit x86 convention, {@code int 0x80} or {@code sysenter}, from any process. */
    IA32(1),

    /** The x32 convention. */
    X32(2);

    private static final Abi[] BY_CODE = Coded.table(values(), new Abi[0]);

    private final int code;

    Abi(int code) {
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
    public static Abi of(int code) {
        return Coded.lookUp(BY_CODE, code);
    }

    static boolean isCode(int code) {
        return Coded.has(BY_CODE, code);
    }
}
