// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;

/** The numbers of calls in the tables of arch/x86/entry/syscalls. */
public final class SyscallNumbers {
    public static final int OPEN = 2;
    public static final int CONNECT = 42;
    public static final int CREAT = 85;
    public static final int OPENAT = 257;
    public static final int OPENAT2 = 437;
    /** The number of socketcall(2) in 32-bit programs. */
    public static final int SOCKETCALL = 102;

    private static final int X32_BIT = 0x4000_0000;

    private SyscallNumbers() {}

    /** Returns the number of a call in a convention. */
    public static int of(Syscall syscall, Abi abi) {
        if (abi == Abi.IA32) {
            return switch (syscall) {
                case OPEN -> 5;
                case CREAT -> 8;
                case OPENAT -> 295;
                case CONNECT -> 362;
                case OPENAT2 -> OPENAT2;
            };
        }
        int number = switch (syscall) {
            case OPEN -> OPEN;
            case CONNECT -> CONNECT;
            case CREAT -> CREAT;
            case OPENAT -> OPENAT;
            case OPENAT2 -> OPENAT2;
        };
        return abi == Abi.X32 ? number | X32_BIT : number;
    }
}
