// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Call;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads a call's arguments as a tracer can: registers directly, memory without faulting. */
final class ArgumentReader {
    static final int AT_FDCWD = -100;
    private static final long LOW_32 = 0xffff_ffffL;
    /** O_CREAT|O_WRONLY|O_TRUNC, the flags that the kernel gives to a creat. */
    private static final long CREAT_FLAGS = 0100 | 01 | 01000;

    private static final int HOW_SIZE = 24;
    /** The size of a socketcall(2) block: descriptor, address pointer and length. */
    private static final int BLOCK_SIZE = 12;

    private static final int PATH_ROOM = RecordLayout.PATH_MAX + 1;

    private final ByteBuffer how = ByteBuffer.allocate(HOW_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_SIZE).order(ByteOrder.LITTLE_ENDIAN);

    /** Takes the arguments that lie in registers, but not the memory behind pointers. */
    void registers(Call call, Draft draft) {
        switch (call.syscall()) {
            case OPEN -> flagsAndMode(draft, AT_FDCWD, call.register(1), call.register(2));
            case CREAT -> flagsAndMode(draft, AT_FDCWD, CREAT_FLAGS, call.register(1));
            case OPENAT -> flagsAndMode(draft, (int) call.register(0), call.register(2), call.register(3));
            case OPENAT2 -> {
                draft.dirfd = (int) call.register(0);
                draft.howSize = call.register(3);
            }
            case CONNECT -> {
                if (call.block() == 0) {
                    connect(draft, call.register(0), call.register(1), call.register(2));
                } else {
                    // The descriptor is unknown until the block has been read.
                    draft.dirfd = -1;
                }
            }
        }
    }

    /** Reads the memory behind pointers, as far as the draft lacks it; flags memory that cannot be read. */
    void memory(Call call, AddressSpace memory, Draft draft, Provenance moment) {
        if (call.block() != 0 && draft.howProvenance == Provenance.NONE) {
            if (!block(call, memory, draft)) {
                draft.flag(EventFlag.FAULTED);
                return;
            }
            draft.howProvenance = moment;
        }
        if (!draft.isPresent()) {
            boolean read =
                    call.syscall() == Syscall.CONNECT ? address(memory, draft) : path(pathPointer(call), memory, draft);
            draft.provenance = read ? moment : Provenance.NONE;
        }
        if (call.syscall() == Syscall.OPENAT2 && draft.howProvenance == Provenance.NONE) {
            draft.howProvenance = how(call, memory, draft) ? moment : Provenance.NONE;
        }
    }

    /** Returns the address of the path. */
    static long pathPointer(Call call) {
        return call.register(call.syscall() == Syscall.OPENAT || call.syscall() == Syscall.OPENAT2 ? 1 : 0);
    }

    private static void flagsAndMode(Draft draft, int dirfd, long flags, long mode) {
        draft.dirfd = dirfd;
        draft.openFlags = flags & LOW_32;
        draft.mode = mode & LOW_32;
        draft.howProvenance = Provenance.KERNEL;
        draft.howIntegrity = Integrity.MATCH;
    }

    private static void connect(Draft draft, long fd, long pointer, long length) {
        draft.dirfd = (int) fd;
        draft.pointer = pointer;
        draft.addrlen = (int) length;
    }

    private boolean block(Call call, AddressSpace memory, Draft draft) {
        if (!readBlock(call, memory)) {
            return false;
        }
        connect(draft, block.getInt(0), Integer.toUnsignedLong(block.getInt(4)), block.getInt(8));
        return true;
    }

    /** Returns whether the block of socketcall(2) is readable and differs from the draft. */
    boolean blockDiffers(Call call, AddressSpace memory, Draft draft) {
        return readBlock(call, memory)
                && (block.getInt(0) != draft.dirfd
                        || Integer.toUnsignedLong(block.getInt(4)) != draft.pointer
                        || block.getInt(8) != draft.addrlen);
    }

    private boolean readBlock(Call call, AddressSpace memory) {
        return memory.copyCarefully(call.block(), block.array(), BLOCK_SIZE);
    }

    private static boolean path(long pointer, AddressSpace memory, Draft draft) {
        int length = memory.stringCarefully(pointer, draft.argument, PATH_ROOM);
        if (length < 0) {
            draft.flag(EventFlag.FAULTED);
            return false;
        }
        draft.length = length;
        return true;
    }

    private static boolean address(AddressSpace memory, Draft draft) {
        if (draft.addrlen < 0) {
            return false;
        }
        int length = Math.min(draft.addrlen, RecordLayout.ADDRESS_MAX);
        if (!memory.copyCarefully(draft.pointer, draft.argument, length)) {
            draft.flag(EventFlag.FAULTED);
            return false;
        }
        draft.length = length;
        if (draft.addrlen > length) {
            draft.flag(EventFlag.TRUNCATED);
        }
        return true;
    }

    private boolean how(Call call, AddressSpace memory, Draft draft) {
        if (!readHow(call, memory, draft)) {
            draft.flag(EventFlag.FAULTED);
            return false;
        }
        draft.openFlags = how.getLong(0);
        draft.mode = how.getLong(Long.BYTES);
        draft.resolve = how.getLong(2 * Long.BYTES);
        return true;
    }

    /** Returns whether openat2's {@code how} is readable and differs from the draft. */
    boolean howDiffers(Call call, AddressSpace memory, Draft draft) {
        return readHow(call, memory, draft)
                && (how.getLong(0) != draft.openFlags
                        || how.getLong(Long.BYTES) != draft.mode
                        || how.getLong(2 * Long.BYTES) != draft.resolve);
    }

    private boolean readHow(Call call, AddressSpace memory, Draft draft) {
        boolean isShort = Long.compareUnsigned(draft.howSize, HOW_SIZE) < 0;
        Arrays.fill(how.array(), (byte) 0);
        return memory.copyCarefully(call.register(2), how.array(), isShort ? (int) draft.howSize : HOW_SIZE);
    }
}
