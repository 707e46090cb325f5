// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.nio.ByteBuffer;

/**
 * Offsets, in bytes, of the fields of a process event's record; the Java side of {@code unraced/process.h}.
 *
 * <p>Length, version, type, sequence, time, flags and source are where the record of a call has them
 * ({@link RecordLayout}), and slices have the same shape. A test compiles the C header and compares the two.
 */
public final class ProcessLayout {
    public static final int TYPE_FORK = 3;
    public static final int TYPE_EXEC = 4;
    public static final int TYPE_EXIT = 5;
    public static final int TYPE_ALIVE = 6;
    public static final int TYPE_EXEC_FAILED = 7;

    /** Added to the number of a CPU in the source of a process event. */
    public static final int PROCESS_SOURCE = 1 << 31;
    /** The longest arguments that a record carries, in bytes. */
    public static final int ARGUMENTS_MAX = 4095;
    /** Size of the fixed part; the bytes that slices name follow it. */
    public static final int FIXED_SIZE = 208;
    /** Size of the fixed part of the first records, which are read, too; what they lack is unknown. */
    public static final int FIRST_FIXED_SIZE = 176;

    public static final int LENGTH = 0;
    public static final int VERSION_OFFSET = 4;
    public static final int TYPE = 6;
    public static final int MITIGATION = 7;
    public static final int SEQUENCE = 8;
    public static final int START_NS = 16;
    public static final int TIME_NS = 24;
    public static final int PARENT_START_NS = 32;
    public static final int CGROUP_ID = 40;
    public static final int TID = 48;
    public static final int TGID = 52;
    public static final int PARENT_TGID = 56;
    public static final int UID = 60;
    public static final int GID = 64;
    public static final int EUID = 68;
    public static final int EGID = 72;
    public static final int MOUNT_NS = 76;
    public static final int PID_NS = 80;
    public static final int FLAGS = 84;
    public static final int SOURCE = 88;
    public static final int STATUS = 92;
    public static final int FORKER = 92;
    public static final int RESULT = 92;
    public static final int EXEC_ID = 96;
    public static final int SESSION = 100;
    public static final int CAPABILITIES = 104;
    public static final int INODE = 112;
    public static final int FORKER_START_NS = 112;
    public static final int ENTER_NS = 112;
    public static final int DEVICE_MAJOR = 120;
    public static final int DIRFD = 120;
    public static final int DEVICE_MINOR = 124;
    public static final int AT_FLAGS = 124;
    public static final int ARGUMENTS_SIZE = 128;
    public static final int OWN_TGID = 132;
    public static final int COMM = 136;
    public static final int PATH = 152;
    public static final int RESOLVED = 156;
    public static final int INTERPRETER = 160;
    public static final int ARGUMENTS = 164;
    public static final int CGROUP = 168;
    public static final int CALL = 172;
    public static final int ABI = 173;
    public static final int PROVENANCE = 174;
    public static final int INTEGRITY = 175;
    public static final int CAPABILITIES_BEFORE = 176;
    public static final int UID_BEFORE = 184;
    public static final int GID_BEFORE = 188;
    public static final int EUID_BEFORE = 192;
    public static final int EGID_BEFORE = 196;
    public static final int CONTAINER = 200;
    /** The controlling terminal: its device, {@link #NO_TERMINAL}, or {@link #TERMINAL_UNKNOWN}. */
    public static final int TERMINAL = 204;

    public static final int TERMINAL_UNKNOWN = 0;
    public static final int NO_TERMINAL = 1;
    /** The bits of a terminal's device below its major number. */
    public static final int MINOR_BITS = 20;

    /** The odd number of UNRACED_PROCESS_START. */
    private static final long START_FACTOR = 0x9e37_79b9_7f4a_7c15L;

    /** The slices, those that each version has before the later ones. */
    private static final int[] SLICES = {PATH, RESOLVED, INTERPRETER, ARGUMENTS, CGROUP, CONTAINER};

    private ProcessLayout() {}

    /**
     * Returns the size of a record's fixed part. Each version adds fields at its end only, so a record tells it: the
     * fixed part ends where the bytes begin that the slices name, or with the record.
     */
    public static int fixedSize(ByteBuffer record, int offset) {
        int size = record.getInt(offset + LENGTH);
        for (int field : SLICES) {
            // A field that a version before lacks is where its records have their texts.
            int slice = field < size ? record.getInt(offset + field) : 0;
            if (slice != 0) {
                size = Math.min(size, slice & 0xffff);
            }
        }
        return size;
    }

    /** Returns whether the texts of a record lie in it, and behind its fixed part, which is of some version. */
    public static boolean holdsItsTexts(ByteBuffer record, int offset) {
        int fixed = fixedSize(record, offset);
        int size = record.getInt(offset + LENGTH);
        if (fixed < FIRST_FIXED_SIZE || fixed % RecordLayout.ALIGNMENT != 0) {
            return false;
        }
        for (int field : SLICES) {
            int slice = field < fixed ? record.getInt(offset + field) : 0;
            if ((slice & 0xffff) + (slice >>> 16) > size) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the key of an image, as {@link EventView#processKey} gives it.
     *
     * @param startNanos start of the process, CLOCK_BOOTTIME
     * @param execId how many programs the process and its ancestors have executed
     */
    public static long key(long startNanos, long execId) {
        return ((long) start(startNanos) << Integer.SIZE) | (execId & 0xffff_ffffL);
    }

    /** Returns the 32 bits of a start that the record of a call has. */
    public static int start(long startNanos) {
        return (int) ((startNanos * START_FACTOR) >>> Integer.SIZE);
    }
}
