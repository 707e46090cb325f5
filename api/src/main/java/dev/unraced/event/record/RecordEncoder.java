// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import static dev.unraced.event.RecordLayout.*;

import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes merged records, for drivers whose source is in user space. Allocates only in its constructor.
 *
 * <p>Begin a record, set its fields in any order, finish it. What would be a false 0 must be set, or {@link #finish}
 * throws: {@code sequence}, {@code call}, {@code thread}, {@code user} and {@code comm}; {@code dirfd} of an openat or
 * openat2; {@code fd} of a connect. The rest is absent unless it is set, and an argument then has the provenance NONE.
 * Not thread-safe.
 */
public final class RecordEncoder {
    /** Size of the longest record in bytes: the fixed part, two paths and a container id of up to 4,000 bytes. */
    public static final int MAX_SIZE = align(FIXED_SIZE + 2 * PATH_MAX + 4_000);

    /** The fields that a record must have, a bit for each, and their names. */
    private static final List<String> REQUIRED = List.of("sequence", "call", "thread", "user", "comm", "dirfd", "fd");

    private static final int SEQUENCE_BIT = 1;
    private static final int CALL_BIT = 1 << 1;
    private static final int THREAD_BIT = 1 << 2;
    private static final int USER_BIT = 1 << 3;
    private static final int COMM_BIT = 1 << 4;
    private static final int DIRFD_BIT = 1 << 5;
    private static final int FD_BIT = 1 << 6;
    private static final int CALLER_BITS = SEQUENCE_BIT | CALL_BIT | THREAD_BIT | USER_BIT | COMM_BIT;

    private static final byte[] ZEROS = new byte[FIXED_SIZE];

    private static final VarHandle LONGS = view(long[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle SHORTS = view(short[].class);

    /** The array is a word longer than the longest record, so that a whole word can pad the end of a record. */
    private final byte[] bytes = new byte[MAX_SIZE + ALIGNMENT];

    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private int end;
    /** The bits of the required fields that are not set yet. */
    private int missing;

    /** Starts a record: everything zero, nothing present. */
    public RecordEncoder begin(Syscall syscall, Abi abi, Origin origin, Mitigation mitigation) {
        // The code that wrote the last record out may have moved the limit.
        buffer.clear();
        Arrays.fill(bytes, 0, FIXED_SIZE, (byte) 0);
        SHORTS.set(bytes, VERSION_OFFSET, (short) VERSION);
        bytes[TYPE] = (byte) TYPE_MERGED;
        bytes[SYSCALL] = (byte) syscall.code();
        bytes[ABI] = (byte) abi.code();
        bytes[ORIGIN] = (byte) origin.code();
        bytes[MITIGATION] = (byte) mitigation.code();
        end = FIXED_SIZE;
        missing = switch (syscall) {
            case CONNECT -> CALLER_BITS | FD_BIT;
            case OPENAT, OPENAT2 -> CALLER_BITS | DIRFD_BIT;
            case OPEN, CREAT -> CALLER_BITS;
        };
        return this;
    }

    /** Makes this a record of an entry; flags about the result or the object must not be set. */
    public RecordEncoder enter() {
        buffer.put(TYPE, (byte) TYPE_ENTER);
        return this;
    }

    public RecordEncoder sequence(int source, long sequence) {
        missing &= ~SEQUENCE_BIT;
        INTS.set(bytes, SOURCE, source);
        LONGS.set(bytes, SEQUENCE, sequence);
        return this;
    }

    /** Sets the times of entry and return in nanoseconds of CLOCK_BOOTTIME, and the raw return value. */
    public RecordEncoder call(long enterNanos, long exitNanos, long result) {
        missing &= ~CALL_BIT;
        LONGS.set(bytes, ENTER_NS, enterNanos);
        LONGS.set(bytes, EXIT_NS, exitNanos);
        LONGS.set(bytes, RESULT, result);
        return this;
    }

    public RecordEncoder thread(int tid, int tgid, long threadStartNanos, int parentTgid) {
        missing &= ~THREAD_BIT;
        INTS.set(bytes, TID, tid);
        INTS.set(bytes, TGID, tgid);
        LONGS.set(bytes, THREAD_START_NS, threadStartNanos);
        INTS.set(bytes, PARENT_TGID, parentTgid);
        return this;
    }

    /**
     * Sets the image that made the call, as {@link dev.unraced.event.EventView#processKey} gives it.
     *
     * @param startNanos start of the process, CLOCK_BOOTTIME
     * @param execId how many programs the process and its ancestors have executed
     */
    public RecordEncoder process(long startNanos, int execId) {
        INTS.set(bytes, PROCESS_START, ProcessLayout.start(startNanos));
        INTS.set(bytes, EXEC_ID, execId);
        return this;
    }

    public RecordEncoder user(long uid, long gid) {
        missing &= ~USER_BIT;
        INTS.set(bytes, UID, (int) uid);
        INTS.set(bytes, GID, (int) gid);
        return this;
    }

    public RecordEncoder namespaces(long cgroupId, long mountNamespace, long pidNamespace) {
        LONGS.set(bytes, CGROUP_ID, cgroupId);
        INTS.set(bytes, MOUNT_NS, (int) mountNamespace);
        INTS.set(bytes, PID_NS, (int) pidNamespace);
        return this;
    }

    /** Sets the thread's name; bytes beyond {@link RecordLayout#COMM_SIZE} - 1 are cut, as the kernel does. */
    public RecordEncoder comm(byte[] name) {
        missing &= ~COMM_BIT;
        int length = Math.min(name.length, COMM_SIZE - 1);
        System.arraycopy(name, 0, bytes, COMM, length);
        Arrays.fill(bytes, COMM + length, COMM + COMM_SIZE, (byte) 0);
        return this;
    }

    /**
     * Sets the container's id.
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
        INTS.set(bytes, FLAGS, (int) INTS.get(bytes, FLAGS) | mask);
        return this;
    }

    /** Sets the path argument; bytes beyond {@link RecordLayout#PATH_MAX} are cut and flagged. */
    public RecordEncoder path(byte[] path, Provenance provenance, Integrity integrity) {
        return path(path, path.length, provenance, integrity);
    }

    /** Sets the path argument, which is the first bytes of an array. */
    public RecordEncoder path(byte[] path, int length, Provenance provenance, Integrity integrity) {
        return argument(OPEN_PATH, path, length, PATH_MAX, provenance, integrity);
    }

    public RecordEncoder dirfd(int dirfd) {
        missing &= ~DIRFD_BIT;
        INTS.set(bytes, OPEN_DIRFD, dirfd);
        return this;
    }

    /** Sets flags, mode and resolve as passed, and openat2's size argument. */
    public RecordEncoder how(
            long flags, long mode, long resolve, long size, Provenance provenance, Integrity integrity) {
        LONGS.set(bytes, OPEN_FLAGS, flags);
        LONGS.set(bytes, OPEN_MODE, mode);
        LONGS.set(bytes, OPEN_RESOLVE, resolve);
        LONGS.set(bytes, OPEN_HOW_SIZE, size);
        return trustOf(HOW_PROVENANCE, provenance, HOW_INTEGRITY, integrity);
    }

    /** Sets the file that was really opened, and {@link EventFlag#HAS_FILE}. */
    public RecordEncoder file(byte[] resolvedPath, int deviceMajor, int deviceMinor, long inode) {
        return file(resolvedPath, resolvedPath.length, deviceMajor, deviceMinor, inode);
    }

    /** Sets the file as the other method does, with the path in the first bytes of an array. */
    public RecordEncoder file(byte[] resolvedPath, int length, int deviceMajor, int deviceMinor, long inode) {
        INTS.set(bytes, OPEN_DEVICE_MAJOR, deviceMajor);
        INTS.set(bytes, OPEN_DEVICE_MINOR, deviceMinor);
        LONGS.set(bytes, OPEN_INODE, inode);
        flag(EventFlag.HAS_FILE);
        int excess = Math.max(0, length - PATH_MAX);
        if (excess > 0) {
            flag(EventFlag.RESOLVED_TRUNCATED);
        }
        return slice(OPEN_RESOLVED, resolvedPath, excess, length - excess);
    }

    public RecordEncoder fd(int fd) {
        missing &= ~FD_BIT;
        INTS.set(bytes, CONNECT_FD, fd);
        return this;
    }

    /** Sets the address argument; bytes beyond {@link RecordLayout#ADDRESS_MAX} are cut and flagged. */
    public RecordEncoder address(byte[] address, int addrlen, Provenance provenance, Integrity integrity) {
        return address(address, address.length, addrlen, provenance, integrity);
    }

    /** Sets the address argument, which is the first bytes of an array. */
    public RecordEncoder address(byte[] address, int length, int addrlen, Provenance provenance, Integrity integrity) {
        INTS.set(bytes, CONNECT_ADDRLEN, addrlen);
        return argument(CONNECT_ADDRESS, address, length, ADDRESS_MAX, provenance, integrity);
    }

    /** Sets the trust in the block of socketcall(2) that held descriptor, address pointer and length. */
    public RecordEncoder block(Provenance provenance, Integrity integrity) {
        return trustOf(HOW_PROVENANCE, provenance, HOW_INTEGRITY, integrity);
    }

    /**
     * Sets the socket behind the descriptor, with {@code null} for an absent address, and {@link EventFlag#HAS_SOCKET}.
     */
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

    /**
     * Sets the socket as the other method does, with the addresses in the first bytes of arrays; a negative length
     * means an absent address.
     */
    public RecordEncoder socket(
            int family, int type, int protocol, byte[] local, int localLength, byte[] remote, int remoteLength) {
        SHORTS.set(bytes, CONNECT_FAMILY, (short) family);
        SHORTS.set(bytes, CONNECT_TYPE, (short) type);
        SHORTS.set(bytes, CONNECT_PROTOCOL, (short) protocol);
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
     * @throws IllegalStateException when a field was not set that would be a false 0; the message names it
     */
    public int finish() {
        if (missing != 0) {
            throw incomplete();
        }
        return finishPartial();
    }

    /**
     * Ends the record as {@link #finish} does, whatever was not set and is 0 then. This is for tests that look at a few
     * fields, and for no driver.
     */
    public int finishPartial() {
        LONGS.set(bytes, end, 0L);
        end = align(end);
        INTS.set(bytes, LENGTH, end);
        return end;
    }

    /** Returns the buffer that holds the record, until the next {@link #begin}. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Returns a copy of the finished record. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, end);
    }

    private IllegalStateException incomplete() {
        String names = IntStream.range(0, REQUIRED.size())
                .filter(i -> (missing & 1 << i) != 0)
                .mapToObj(REQUIRED::get)
                .collect(Collectors.joining(", "));
        return new IllegalStateException("the record of " + Syscall.of(bytes[SYSCALL]) + " lacks " + names
                + ", to be set between begin and finish");
    }

    private RecordEncoder argument(
            int slice, byte[] source, int length, int limit, Provenance provenance, Integrity integrity) {
        trustOf(PROVENANCE, provenance, INTEGRITY, integrity);
        if (provenance == Provenance.NONE) {
            return this;
        }
        if (length > limit) {
            flag(EventFlag.TRUNCATED);
        }
        return slice(slice, source, 0, Math.min(length, limit));
    }

    private RecordEncoder trustOf(int provenanceField, Provenance provenance, int integrityField, Integrity integrity) {
        bytes[provenanceField] = (byte) provenance.code();
        bytes[integrityField] = (byte) integrity.code();
        return this;
    }

    private RecordEncoder slice(int field, byte[] source, int from, int length) {
        if (length > MAX_SIZE - end) {
            throw new IllegalArgumentException(
                    "a record of more than " + MAX_SIZE + " bytes: " + length + " more after " + end);
        }
        SHORTS.set(bytes, field, (short) end);
        SHORTS.set(bytes, field + 2, (short) length);
        System.arraycopy(source, from, bytes, end, length);
        end += length;
        return this;
    }

    private static VarHandle view(Class<?> words) {
        return MethodHandles.byteArrayViewVarHandle(words, ByteOrder.LITTLE_ENDIAN);
    }
}
