// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import dev.unraced.event.Abi;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A watched call that a thread has entered: its registers, and the mode under which it entered.
 *
 * @param isIndirect whether it is a connect through socketcall(2), whose arguments lie in memory
 */
record WatchedCall(Syscall syscall, Abi abi, boolean isIndirect, long[] registers, Mitigation mode) {
    private static final int PATH_LIMIT = 4096;
    private static final int ADDRESS_LIMIT = 128;
    private static final int HOW_SIZE = 24;
    private static final int BLOCK_SIZE = 12;
    /** The size of the largest {@link Arguments} in a stash. */
    static final int STASH_BYTES = Long.BYTES + 2 * Integer.BYTES + PATH_LIMIT + HOW_SIZE;

    private static final int AUDIT_X86_64 = 0xc000003e;
    private static final int AUDIT_I386 = 0x40000003;
    private static final int AUDIT_AARCH64 = 0xc00000b7;
    private static final int X32_BIT = 0x40000000;
    private static final int IA32_SOCKETCALL = 102;
    private static final int SOCKETCALL_CONNECT = 3;

    /**
     * The arguments in memory, and the time at which they were read.
     *
     * @param main the path or address; null when it could not be read
     * @param extra the struct open_how of openat2, or the block of socketcall(2); null when it could not be read
     */
    record Arguments(long nanos, byte[] main, byte[] extra) {

        /** Writes the arguments as a stash keeps them. */
        void writeTo(ByteBuffer entry) {
            entry.clear().putLong(nanos);
            put(entry, main);
            put(entry, extra);
            entry.flip();
        }

        static Arguments readFrom(ByteBuffer entry) {
            return new Arguments(entry.getLong(), get(entry), get(entry));
        }

        private static void put(ByteBuffer entry, byte[] bytes) {
            entry.putInt(bytes == null ? -1 : bytes.length);
            if (bytes != null) {
                entry.put(bytes);
            }
        }

        private static byte[] get(ByteBuffer entry) {
            int length = entry.getInt();
            byte[] bytes = length < 0 ? null : new byte[length];
            if (bytes != null) {
                entry.get(bytes);
            }
            return bytes;
        }
    }

    /** Returns the call of a number, by the calling convention that the kernel tells; null for other calls. */
    static WatchedCall of(int arch, int number, long[] registers, Mitigation mode) {
        boolean isIndirect =
                arch == AUDIT_I386 && number == IA32_SOCKETCALL && (int) registers[0] == SOCKETCALL_CONNECT;
        boolean isX32 = arch == AUDIT_X86_64 && (number & X32_BIT) != 0;
        Syscall syscall = isIndirect ? Syscall.CONNECT : syscall(arch, isX32 ? number & ~X32_BIT : number);
        Abi abi = arch == AUDIT_I386 ? Abi.IA32 : isX32 ? Abi.X32 : Abi.NATIVE;
        return syscall == null ? null : new WatchedCall(syscall, abi, isIndirect, registers, mode);
    }

    private static Syscall syscall(int arch, int number) {
        return switch (arch) {
            case AUDIT_X86_64 -> syscall(number, 2, 257, 437, 85, 42);
            case AUDIT_I386 -> syscall(number, 5, 295, 437, 8, 362);
            case AUDIT_AARCH64 -> syscall(number, -1, 56, 437, -1, 203);
            default -> null;
        };
    }

    private static Syscall syscall(int number, int open, int openat, int openat2, int creat, int connect) {
        if (number == open) {
            return Syscall.OPEN;
        } else if (number == openat) {
            return Syscall.OPENAT;
        } else if (number == openat2) {
            return Syscall.OPENAT2;
        } else if (number == creat) {
            return Syscall.CREAT;
        }
        return number == connect ? Syscall.CONNECT : null;
    }

    /** Returns the name by which a stash knows the call. */
    int stashKey() {
        return syscall.code() << Byte.SIZE | abi.code();
    }

    /** Reads the arguments of the stopped thread as they are now. */
    Arguments read(TaskMemory memory, int tid, long nanos) {
        return switch (syscall) {
            case OPEN, CREAT -> new Arguments(nanos, memory.string(tid, registers[0], PATH_LIMIT), null);
            case OPENAT -> new Arguments(nanos, memory.string(tid, registers[1], PATH_LIMIT), null);
            case OPENAT2 -> {
                long size = registers[3];
                int read = size >= 0 && size < HOW_SIZE ? (int) size : HOW_SIZE;
                byte[] path = memory.string(tid, registers[1], PATH_LIMIT);
                yield new Arguments(nanos, path, memory.bytes(tid, registers[2], read));
            }
            case CONNECT -> {
                byte[] block = isIndirect ? memory.bytes(tid, registers[1], BLOCK_SIZE) : null;
                int length = addrlen(block);
                long address = isIndirect ? word(block, 1, 0) & 0xffffffffL : registers[1];
                yield new Arguments(
                        nanos, length < 0 ? null : memory.bytes(tid, address, Math.min(length, ADDRESS_LIMIT)), block);
            }
        };
    }

    /** Returns the descriptor of a connect. */
    int fd(byte[] block) {
        return isIndirect ? word(block, 0, -1) : (int) registers[0];
    }

    /** Returns the length of the address of a connect. */
    int addrlen(byte[] block) {
        return isIndirect ? word(block, 2, -1) : (int) registers[2];
    }

    /** Returns a field of a struct open_how; 0 for a field that was not passed. */
    static long field(byte[] how, int index) {
        byte[] whole = new byte[HOW_SIZE];
        System.arraycopy(how, 0, whole, 0, how.length);
        return ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(index * Long.BYTES);
    }

    private static int word(byte[] block, int index, int unknown) {
        return block == null
                ? unknown
                : ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt(index * Integer.BYTES);
    }
}
