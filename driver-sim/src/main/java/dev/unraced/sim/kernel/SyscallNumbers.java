// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;

/** The call numbers of arch/x86/entry/syscalls. */
public final class SyscallNumbers {
    /** The number of socketcall(2) in 32-bit programs. */
    static final int SOCKETCALL = 102;

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
                case OPENAT2 -> 437;
            };
        }
        int number = switch (syscall) {
            case OPEN -> 2;
            case CONNECT -> 42;
            case CREAT -> 85;
            case OPENAT -> 257;
            case OPENAT2 -> 437;
        };
        return abi == Abi.X32 ? number | X32_BIT : number;
    }
}
