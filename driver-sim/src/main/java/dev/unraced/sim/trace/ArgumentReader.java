// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;
import static dev.unraced.linux.OpenFlags.CREAT_FLAGS;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.trace.TraceListener.Argument;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads a call's arguments as a tracer can: registers directly, memory without faulting. */
final class ArgumentReader {
    private static final long LOW_32 = 0xffff_ffffL;

    private static final int PATH_ROOM = RecordLayout.PATH_MAX + 1;

    private final ByteBuffer how = ByteBuffer.allocate(OpenFlags.OPEN_HOW_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer block =
            ByteBuffer.allocate(ArgumentBytes.BLOCK_SIZE).order(ByteOrder.LITTLE_ENDIAN);

    private final TraceListener listener;

    ArgumentReader(TraceListener listener) {
        this.listener = listener;
    }

    /** Takes the arguments that lie in registers, but not the memory behind pointers (R2.9, R2.10). */
    void registers(Call call, RecordBuilder record) {
        switch (call.syscall()) {
            case OPEN -> flagsAndMode(record, AT_FDCWD, call.register(1), call.register(2));
            case CREAT -> flagsAndMode(record, AT_FDCWD, CREAT_FLAGS, call.register(1));
            case OPENAT -> flagsAndMode(record, (int) call.register(0), call.register(2), call.register(3));
            case OPENAT2 -> {
                record.dirfd = (int) call.register(0);
                record.howSize = call.register(3);
            }
            case CONNECT -> {
                if (call.block() == 0) {
                    connect(record, call.register(0), call.register(1), call.register(2));
                } else {
                    // The descriptor is unknown until the block has been read.
                    record.dirfd = -1;
                }
            }
        }
    }

    /**
     * Reads the memory behind pointers, as far as the record lacks it: at the entry (R2.1, R2.11), or at the return
     * (R2.4, R2.5, R2.6, R2.18). Flags memory that cannot be read.
     */
    void memory(Call call, AddressSpace memory, RecordBuilder record, Provenance moment) {
        if (call.block() != 0 && record.howProvenance == Provenance.NONE) {
            if (!block(call, memory, record)) {
                return;
            }
            record.howProvenance = moment;
        }
        if (!record.isPresent()) {
            boolean read = call.syscall() == Syscall.CONNECT
                    ? address(memory, record)
                    : path(pathPointer(call), memory, record);
            record.provenance = read ? moment : Provenance.NONE;
        }
        if (call.syscall() == Syscall.OPENAT2 && record.howProvenance == Provenance.NONE) {
            record.howProvenance = how(call, memory, record) ? moment : Provenance.NONE;
        }
    }

    /** Returns the address of the path. */
    static long pathPointer(Call call) {
        return call.register(call.syscall() == Syscall.OPENAT || call.syscall() == Syscall.OPENAT2 ? 1 : 0);
    }

    private static void flagsAndMode(RecordBuilder record, int dirfd, long flags, long mode) {
        record.dirfd = dirfd;
        record.openFlags = flags & LOW_32;
        record.mode = mode & LOW_32;
        record.howProvenance = Provenance.KERNEL;
        record.howIntegrity = Integrity.MATCH;
    }

    private static void connect(RecordBuilder record, long fd, long pointer, long length) {
        record.dirfd = (int) fd;
        record.pointer = pointer;
        record.addrlen = (int) length;
    }

    private boolean block(Call call, AddressSpace memory, RecordBuilder record) {
        if (!isRead(Argument.BLOCK, block.array(), readBlock(call, memory) ? ArgumentBytes.BLOCK_SIZE : -1, record)) {
            return false;
        }
        connect(record, block.getInt(0), Integer.toUnsignedLong(block.getInt(4)), block.getInt(8));
        return true;
    }

    /** Returns whether the block of socketcall(2) is readable and differs from the record (R2.45). */
    boolean blockDiffers(Call call, AddressSpace memory, RecordBuilder record) {
        return readBlock(call, memory)
                && (block.getInt(0) != record.dirfd
                        || Integer.toUnsignedLong(block.getInt(4)) != record.pointer
                        || block.getInt(8) != record.addrlen);
    }

    private boolean readBlock(Call call, AddressSpace memory) {
        return memory.copyCarefully(call.block(), block.array(), ArgumentBytes.BLOCK_SIZE);
    }

    /**
     * Reads the path, of whatever bytes, up to a record's bound (R10.1, R10.2, R10.3); an empty one has length 0
     * (R10.4). One that cannot be read is absent (R2.7, R2.8).
     */
    private boolean path(long pointer, AddressSpace memory, RecordBuilder record) {
        int length = memory.stringCarefully(pointer, record.argument, PATH_ROOM);
        if (!isRead(Argument.PATH, record.argument, length, record)) {
            return false;
        }
        record.length = length;
        return true;
    }

    /**
     * Reads the first 128 bytes of the address, whatever family they name (R2.25, R2.26, R2.27). With a negative length
     * nothing is read (R2.28).
     */
    private boolean address(AddressSpace memory, RecordBuilder record) {
        if (record.addrlen < 0) {
            return false;
        }
        int length = Math.min(record.addrlen, RecordLayout.ADDRESS_MAX);
        boolean copied = memory.copyCarefully(record.pointer, record.argument, length);
        if (!isRead(Argument.ADDRESS, record.argument, copied ? length : -1, record)) {
            return false;
        }
        record.length = length;
        record.flag(EventFlag.TRUNCATED, record.addrlen > length);
        return true;
    }

    private boolean how(Call call, AddressSpace memory, RecordBuilder record) {
        boolean copied = readHow(call, memory, record);
        if (!isRead(Argument.HOW, how.array(), copied ? OpenFlags.OPEN_HOW_SIZE : -1, record)) {
            return false;
        }
        record.openFlags = how.getLong(0);
        record.mode = how.getLong(Long.BYTES);
        record.resolve = how.getLong(2 * Long.BYTES);
        return true;
    }

    /** Tells the listener the outcome of a read, and flags a read that failed; returns whether it succeeded. */
    private boolean isRead(Argument argument, byte[] bytes, int length, RecordBuilder record) {
        listener.read(argument, bytes, length);
        record.flag(EventFlag.FAULTED, length < 0);
        return length >= 0;
    }

    /** Returns whether openat2's {@code how} is readable and differs from the record. */
    boolean howDiffers(Call call, AddressSpace memory, RecordBuilder record) {
        return readHow(call, memory, record)
                && (how.getLong(0) != record.openFlags
                        || how.getLong(Long.BYTES) != record.mode
                        || how.getLong(2 * Long.BYTES) != record.resolve);
    }

    /**
     * Reads openat2's argument: zeros for what a short one lacks (R2.12, R2.14), and of a longer one the known part
     * (R2.13).
     */
    private boolean readHow(Call call, AddressSpace memory, RecordBuilder record) {
        boolean isShort = Long.compareUnsigned(record.howSize, OpenFlags.OPEN_HOW_SIZE) < 0;
        Arrays.fill(how.array(), (byte) 0);
        return memory.copyCarefully(
                call.register(2), how.array(), isShort ? (int) record.howSize : OpenFlags.OPEN_HOW_SIZE);
    }
}
