// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static dev.unraced.event.RecordLayout.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Writes merged records, for drivers whose source is in user space. Allocates only in its constructor.
 *
 * <p>Begin a record, set its fields in any order, finish it. Not thread-safe.
 */
public final class RecordEncoder {
    /** Room enough for the longest record: the fixed part, two paths and a container id of up to 4,000 bytes. */
    public static final int MAX_SIZE = align(FIXED_SIZE + 2 * PATH_MAX + 4_000);

    private static final byte[] ZEROS = new byte[FIXED_SIZE];

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private int end;

    /** Starts a record: everything zero, nothing present. */
    public RecordEncoder begin(Syscall syscall, Abi abi, Origin origin, Mitigation mitigation) {
        // Whoever wrote the last record out may have moved the limit.
        buffer.clear();
        buffer.put(0, ZEROS);
        buffer.putShort(VERSION_OFFSET, (short) VERSION);
        buffer.put(TYPE, (byte) TYPE_MERGED);
        buffer.put(SYSCALL, (byte) syscall.code());
        buffer.put(ABI, (byte) abi.code());
        buffer.put(ORIGIN, (byte) origin.code());
        buffer.put(MITIGATION, (byte) mitigation.code());
        end = FIXED_SIZE;
        return this;
    }

    /** Makes it a record of an entry; flags that tell of the result or of what the call acted on must not be set. */
    public RecordEncoder enter() {
        buffer.put(TYPE, (byte) TYPE_ENTER);
        return this;
    }

    public RecordEncoder sequence(int source, long sequence) {
        buffer.putInt(SOURCE, source);
        buffer.putLong(SEQUENCE, sequence);
        return this;
    }

    /** Times of entry and return in nanoseconds of CLOCK_BOOTTIME, and the raw return value. */
    public RecordEncoder call(long enterNanos, long exitNanos, long result) {
        buffer.putLong(ENTER_NS, enterNanos);
        buffer.putLong(EXIT_NS, exitNanos);
        buffer.putLong(RESULT, result);
        return this;
    }

    public RecordEncoder thread(int tid, int tgid, long threadStartNanos, int parentTgid) {
        buffer.putInt(TID, tid);
        buffer.putInt(TGID, tgid);
        buffer.putLong(THREAD_START_NS, threadStartNanos);
        buffer.putInt(PARENT_TGID, parentTgid);
        return this;
    }

    public RecordEncoder user(long uid, long gid) {
        buffer.putInt(UID, (int) uid);
        buffer.putInt(GID, (int) gid);
        return this;
    }

    public RecordEncoder namespaces(long cgroupId, long mountNamespace, long pidNamespace) {
        buffer.putLong(CGROUP_ID, cgroupId);
        buffer.putInt(MOUNT_NS, (int) mountNamespace);
        buffer.putInt(PID_NS, (int) pidNamespace);
        return this;
    }

    /** The thread's name; bytes beyond {@link RecordLayout#COMM_SIZE} - 1 are cut, as the kernel does. */
    public RecordEncoder comm(byte[] name) {
        buffer.put(COMM, ZEROS, 0, COMM_SIZE);
        buffer.put(COMM, name, 0, Math.min(name.length, COMM_SIZE - 1));
        return this;
    }

    /**
     * The container's id.
     *
     * @throws IllegalArgumentException when the record would exceed {@link #MAX_SIZE}
     */
    public RecordEncoder containerId(byte[] id) {
        return slice(CONTAINER, id, 0, id.length);
    }

    public RecordEncoder flag(EventFlag flag) {
        return flags(flag.mask());
    }

    /** Sets every flag of a mask; see {@link EventFlag#mask()}. */
    public RecordEncoder flags(int mask) {
        buffer.putInt(FLAGS, buffer.getInt(FLAGS) | mask);
        return this;
    }

    /** The path argument; bytes beyond {@link RecordLayout#PATH_MAX} are cut and flagged. */
    public RecordEncoder path(byte[] path, Provenance provenance, Integrity integrity) {
        return path(path, path.length, provenance, integrity);
    }

    /** The path argument, which is the first bytes of an array. */
    public RecordEncoder path(byte[] bytes, int length, Provenance provenance, Integrity integrity) {
        return argument(OPEN_PATH, bytes, length, PATH_MAX, provenance, integrity);
    }

    public RecordEncoder dirfd(int dirfd) {
        buffer.putInt(OPEN_DIRFD, dirfd);
        return this;
    }

    /** Flags, mode and resolve as passed, and openat2's size argument. */
    public RecordEncoder how(
            long flags, long mode, long resolve, long size, Provenance provenance, Integrity integrity) {
        buffer.putLong(OPEN_FLAGS, flags);
        buffer.putLong(OPEN_MODE, mode);
        buffer.putLong(OPEN_RESOLVE, resolve);
        buffer.putLong(OPEN_HOW_SIZE, size);
        buffer.put(HOW_PROVENANCE, (byte) provenance.code());
        buffer.put(HOW_INTEGRITY, (byte) integrity.code());
        return this;
    }

    /** The file that was really opened; sets {@link EventFlag#HAS_FILE}. */
    public RecordEncoder file(byte[] resolvedPath, int deviceMajor, int deviceMinor, long inode) {
        return file(resolvedPath, resolvedPath.length, deviceMajor, deviceMinor, inode);
    }

    /** As the other, with the path in the first bytes of an array. */
    public RecordEncoder file(byte[] resolvedPath, int length, int deviceMajor, int deviceMinor, long inode) {
        buffer.putInt(OPEN_DEVICE_MAJOR, deviceMajor);
        buffer.putInt(OPEN_DEVICE_MINOR, deviceMinor);
        buffer.putLong(OPEN_INODE, inode);
        flag(EventFlag.HAS_FILE);
        int excess = Math.max(0, length - PATH_MAX);
        if (excess > 0) {
            flag(EventFlag.RESOLVED_TRUNCATED);
        }
        return slice(OPEN_RESOLVED, resolvedPath, excess, length - excess);
    }

    public RecordEncoder fd(int fd) {
        buffer.putInt(CONNECT_FD, fd);
        return this;
    }

    /** The address argument; bytes beyond {@link RecordLayout#ADDRESS_MAX} are cut and flagged. */
    public RecordEncoder address(byte[] address, int addrlen, Provenance provenance, Integrity integrity) {
        return address(address, address.length, addrlen, provenance, integrity);
    }

    /** The address argument, which is the first bytes of an array. */
    public RecordEncoder address(byte[] bytes, int length, int addrlen, Provenance provenance, Integrity integrity) {
        buffer.putInt(CONNECT_ADDRLEN, addrlen);
        return argument(CONNECT_ADDRESS, bytes, length, ADDRESS_MAX, provenance, integrity);
    }

    /** The socket behind the descriptor, {@code null} for an address it lacks; sets {@link EventFlag#HAS_SOCKET}. */
    public RecordEncoder socket(int family, int type, int protocol, byte @Nullable [] local, byte @Nullable [] remote) {
        return socket(
                family,
                type,
                protocol,
                local == null ? ZEROS : local,
                local == null ? -1 : local.length,
                remote == null ? ZEROS : remote,
                remote == null ? -1 : remote.length);
    }

    /** As the other, with the addresses in the first bytes of arrays; of negative length where there is none. */
    public RecordEncoder socket(
            int family, int type, int protocol, byte[] local, int localLength, byte[] remote, int remoteLength) {
        buffer.putShort(CONNECT_FAMILY, (short) family);
        buffer.putShort(CONNECT_TYPE, (short) type);
        buffer.putShort(CONNECT_PROTOCOL, (short) protocol);
        if (localLength >= 0) {
            slice(CONNECT_LOCAL, local, 0, Math.min(localLength, ADDRESS_MAX));
        }
        if (remoteLength >= 0) {
            slice(CONNECT_REMOTE, remote, 0, Math.min(remoteLength, ADDRESS_MAX));
        }
        return flag(EventFlag.HAS_SOCKET);
    }

    /**
     * Ends the record.
     *
     * @return its length in bytes; it lies at offset 0 of {@link #buffer()}
     */
    public int finish() {
        while (end % ALIGNMENT != 0) {
            buffer.put(end++, (byte) 0);
        }
        buffer.putInt(LENGTH, end);
        return end;
    }

    /** The buffer that holds the record, until the next {@link #begin}. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** A copy of the finished record. */
    public byte[] toByteArray() {
        byte[] copy = new byte[end];
        buffer.get(0, copy);
        return copy;
    }

    private RecordEncoder argument(
            int slice, byte[] bytes, int length, int limit, Provenance provenance, Integrity integrity) {
        buffer.put(PROVENANCE, (byte) provenance.code());
        buffer.put(INTEGRITY, (byte) integrity.code());
        if (provenance == Provenance.NONE) {
            return this;
        }
        if (length > limit) {
            flag(EventFlag.TRUNCATED);
        }
        return slice(slice, bytes, 0, Math.min(length, limit));
    }

    private RecordEncoder slice(int field, byte[] bytes, int from, int length) {
        if (length > MAX_SIZE - end) {
            throw new IllegalArgumentException(
                    "a record of more than " + MAX_SIZE + " bytes: " + length + " more after " + end);
        }
        buffer.putShort(field, (short) end);
        buffer.putShort(field + 2, (short) length);
        buffer.put(end, bytes, from, length);
        end += length;
        return this;
    }
}
