// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import static dev.unraced.event.ProcessLayout.*;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes records of process events, for drivers whose source is in user space. Allocates only in its constructor. What
 * is not set is 0 or absent. Not thread-safe.
 */
public final class ProcessEncoder {
    /** Size of the longest record in bytes: the fixed part, two paths, an interpreter and arguments. */
    public static final int MAX_SIZE = 4 * RecordEncoder.MAX_SIZE;

    private final byte[] bytes = new byte[MAX_SIZE];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private int end;

    /**
     * Starts a record.
     *
     * @param nanos time of the event, CLOCK_BOOTTIME
     */
    public ProcessEncoder begin(ProcessView.Type type, long nanos) {
        buffer.clear();
        Arrays.fill(bytes, 0, FIXED_SIZE, (byte) 0);
        buffer.putShort(VERSION_OFFSET, (short) RecordLayout.VERSION);
        bytes[TYPE] = (byte) type.code();
        buffer.putLong(TIME_NS, nanos);
        end = FIXED_SIZE;
        return this;
    }

    /** Sets the number of this event, which the driver's process events count apart from its calls. */
    public ProcessEncoder sequence(int source, long sequence) {
        buffer.putInt(SOURCE, PROCESS_SOURCE | source);
        buffer.putLong(SEQUENCE, sequence);
        return this;
    }

    /** Sets the process, and the number of programs that it and its ancestors have executed. */
    public ProcessEncoder process(int tgid, int tid, long startNanos, int execId) {
        buffer.putInt(TGID, tgid);
        buffer.putInt(TID, tid);
        buffer.putInt(OWN_TGID, tgid);
        buffer.putLong(START_NS, startNanos);
        buffer.putInt(EXEC_ID, execId);
        return this;
    }

    /** Sets the process's id in its own pid namespace, where that is another one; 0 stands for an unknown one. */
    public ProcessEncoder ownTgid(int tgid) {
        buffer.putInt(OWN_TGID, tgid);
        return this;
    }

    public ProcessEncoder parent(int tgid, long startNanos) {
        buffer.putInt(PARENT_TGID, tgid);
        buffer.putLong(PARENT_START_NS, startNanos);
        return this;
    }

    /** Sets real and effective ids. */
    public ProcessEncoder user(long uid, long gid, long effectiveUid, long effectiveGid) {
        buffer.putInt(UID, (int) uid);
        buffer.putInt(GID, (int) gid);
        buffer.putInt(EUID, (int) effectiveUid);
        buffer.putInt(EGID, (int) effectiveGid);
        return this;
    }

    /** Sets the device of the controlling terminal; major number 0 stands for none. */
    public ProcessEncoder terminal(int major, int minor) {
        buffer.putInt(TERMINAL, major == 0 ? NO_TERMINAL : major << MINOR_BITS | minor);
        return this;
    }

    public ProcessEncoder namespaces(long cgroupId, long mountNamespace, long pidNamespace) {
        buffer.putLong(CGROUP_ID, cgroupId);
        buffer.putInt(MOUNT_NS, (int) mountNamespace);
        buffer.putInt(PID_NS, (int) pidNamespace);
        return this;
    }

    /** Sets the first thread's name; bytes beyond {@link RecordLayout#COMM_SIZE} - 1 are cut. */
    public ProcessEncoder comm(byte[] name) {
        System.arraycopy(name, 0, bytes, COMM, Math.min(name.length, RecordLayout.COMM_SIZE - 1));
        return this;
    }

    /** Sets of a fork the process that forked. */
    public ProcessEncoder forker(int tgid, long startNanos) {
        buffer.putInt(FORKER, tgid);
        buffer.putLong(FORKER_START_NS, startNanos);
        return this;
    }

    /** Sets of an exit the status, as wait(2) tells it. */
    public ProcessEncoder status(int status) {
        buffer.putInt(STATUS, status);
        return this;
    }

    /** Sets of an exec the call that asked for it, and the credentials before. */
    public ProcessEncoder before(
            ProcessView.ExecCall call, long uid, long gid, long effectiveUid, long effectiveGid, long capabilities) {
        bytes[CALL] = (byte) call.code();
        buffer.putInt(UID_BEFORE, (int) uid);
        buffer.putInt(GID_BEFORE, (int) gid);
        buffer.putInt(EUID_BEFORE, (int) effectiveUid);
        buffer.putInt(EGID_BEFORE, (int) effectiveGid);
        buffer.putLong(CAPABILITIES_BEFORE, capabilities);
        return this;
    }

    /**
     * Sets of a failed exec the call and its result.
     *
     * @param enterNanos time of entry, CLOCK_BOOTTIME; 0 when the entry was missed
     */
    public ProcessEncoder failed(
            ProcessView.ExecCall call, Mitigation mitigation, long enterNanos, int dirfd, int atFlags, int result) {
        bytes[CALL] = (byte) call.code();
        bytes[MITIGATION] = (byte) mitigation.code();
        buffer.putLong(ENTER_NS, enterNanos);
        buffer.putInt(DIRFD, dirfd);
        buffer.putInt(AT_FLAGS, atFlags);
        buffer.putInt(RESULT, result);
        return this;
    }

    /** Sets of an exec where its path was read, and of a failed one whether it held. */
    public ProcessEncoder trust(Provenance provenance, Integrity integrity) {
        bytes[PROVENANCE] = (byte) provenance.code();
        bytes[INTEGRITY] = (byte) integrity.code();
        return this;
    }

    /** Sets the executable, and {@link EventFlag#HAS_FILE}. */
    public ProcessEncoder executable(byte[] path, int deviceMajor, int deviceMinor, long inode) {
        buffer.putInt(DEVICE_MAJOR, deviceMajor);
        buffer.putInt(DEVICE_MINOR, deviceMinor);
        buffer.putLong(INODE, inode);
        flag(EventFlag.HAS_FILE);
        return slice(RESOLVED, path, path.length);
    }

    /** Sets a flag: of the executable as of an opened file, or TRUNCATED and FAULTED of the arguments. */
    public ProcessEncoder flag(EventFlag flag) {
        return flags(flag.mask());
    }

    /** Sets flags by their masks. */
    public ProcessEncoder flags(int masks) {
        buffer.putInt(FLAGS, buffer.getInt(FLAGS) | masks);
        return this;
    }

    /** Sets of an exec the path as it was asked for. */
    public ProcessEncoder path(byte[] path) {
        return slice(PATH, path, Math.min(path.length, RecordLayout.PATH_MAX));
    }

    /** Sets of an exec the interpreter that a script names. */
    public ProcessEncoder interpreter(byte[] path) {
        return slice(INTERPRETER, path, path.length);
    }

    /** Sets the path of the cgroup. */
    public ProcessEncoder cgroup(byte[] path) {
        return slice(CGROUP, path, path.length);
    }

    /** Sets the container's id. */
    public ProcessEncoder containerId(byte[] id) {
        return slice(CONTAINER, id, id.length);
    }

    /** Sets of an exec the arguments, each with a NUL at its end; too many are cut and flagged TRUNCATED. */
    public ProcessEncoder arguments(byte[] all) {
        return arguments(all, all.length);
    }

    /**
     * Sets of an exec the first of its arguments.
     *
     * @param size the size of all arguments in bytes; more than the record holds is flagged TRUNCATED
     */
    public ProcessEncoder arguments(byte[] first, long size) {
        buffer.putInt(ARGUMENTS_SIZE, (int) size);
        if (size > ARGUMENTS_MAX) {
            flag(EventFlag.TRUNCATED);
        }
        return slice(ARGUMENTS, first, Math.min(first.length, ARGUMENTS_MAX));
    }

    /**
     * Ends the record.
     *
     * @return its length in bytes; it lies at offset 0 of {@link #buffer()}
     */
    public int finish() {
        int length = RecordLayout.align(end);
        Arrays.fill(bytes, end, length, (byte) 0);
        buffer.putInt(LENGTH, length);
        return length;
    }

    /** Returns the buffer that holds the record, until the next {@link #begin}. */
    public ByteBuffer buffer() {
        return buffer;
    }

    private ProcessEncoder slice(int field, byte[] value, int length) {
        buffer.putShort(field, (short) end);
        buffer.putShort(field + Short.BYTES, (short) length);
        System.arraycopy(value, 0, bytes, end, length);
        end += length;
        return this;
    }
}
