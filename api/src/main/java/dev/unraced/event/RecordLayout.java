// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * Offsets, in bytes, of the fields of a merged record; the Java side of {@code unraced/record.h}.
 *
 * <p>Little-endian, 8-byte aligned. A slice is an unsigned 16-bit offset from the record's start, 0 when absent, and an
 * unsigned 16-bit length. A test compiles the C header and compares every constant here with what the compiler reports.
 */
public final class RecordLayout {
    /** Version of the layout that this class describes. */
    public static final int VERSION = 1;
    /** The type of a record that holds a whole call. */
    public static final int TYPE_MERGED = 1;
    /** The type of a record that says that a call entered. */
    public static final int TYPE_ENTER = 2;

    /** Size of the fixed part; the bytes that slices name follow it. */
    public static final int FIXED_SIZE = 192;
    /** Records start and end at multiples of this number of bytes. */
    public static final int ALIGNMENT = 8;
    /** Size of a thread's name in bytes, padded with NUL. */
    public static final int COMM_SIZE = 16;
    /** Longest path that a record carries, without a terminating NUL. */
    public static final int PATH_MAX = 4095;
    /** Longest socket address that a record carries: {@code sizeof(struct sockaddr_storage)}. */
    public static final int ADDRESS_MAX = 128;

    public static final int LENGTH = 0;
    public static final int VERSION_OFFSET = 4;
    public static final int TYPE = 6;
    public static final int MITIGATION = 7;
    public static final int SEQUENCE = 8;
    public static final int ENTER_NS = 16;
    public static final int EXIT_NS = 24;
    public static final int RESULT = 32;
    public static final int THREAD_START_NS = 40;
    public static final int CGROUP_ID = 48;
    public static final int TID = 56;
    public static final int TGID = 60;
    public static final int PARENT_TGID = 64;
    public static final int UID = 68;
    public static final int GID = 72;
    public static final int MOUNT_NS = 76;
    public static final int PID_NS = 80;
    public static final int FLAGS = 84;
    public static final int SOURCE = 88;
    public static final int SYSCALL = 92;
    public static final int ABI = 93;
    public static final int ORIGIN = 94;
    public static final int PROVENANCE = 95;
    public static final int INTEGRITY = 96;
    /** Provenance of flags, mode and resolve; in a connect, of the block of socketcall(2). */
    public static final int HOW_PROVENANCE = 97;

    public static final int HOW_INTEGRITY = 98;
    public static final int PROCESS_START = 100;
    public static final int COMM = 104;
    public static final int CONTAINER = 120;
    public static final int EXEC_ID = 124;

    public static final int OPEN_DIRFD = 128;
    public static final int OPEN_PATH = 132;
    public static final int OPEN_FLAGS = 136;
    public static final int OPEN_MODE = 144;
    public static final int OPEN_RESOLVE = 152;
    public static final int OPEN_HOW_SIZE = 160;
    public static final int OPEN_INODE = 168;
    public static final int OPEN_DEVICE_MAJOR = 176;
    public static final int OPEN_DEVICE_MINOR = 180;
    public static final int OPEN_RESOLVED = 184;

    public static final int CONNECT_FD = 128;
    public static final int CONNECT_ADDRESS = 132;
    public static final int CONNECT_ADDRLEN = 136;
    public static final int CONNECT_LOCAL = 140;
    public static final int CONNECT_REMOTE = 144;
    public static final int CONNECT_FAMILY = 148;
    public static final int CONNECT_TYPE = 150;
    public static final int CONNECT_PROTOCOL = 152;

    private RecordLayout() {}

    /** Rounds a size in bytes up to a multiple of {@link #ALIGNMENT}. */
    public static int align(int size) {
        return (size + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
