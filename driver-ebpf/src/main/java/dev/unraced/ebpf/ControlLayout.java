// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

/** Offsets of {@code struct unraced_control} and {@code struct unraced_counters} of {@code control.h}, in bytes. */
final class ControlLayout {
    static final int CONTROL_SIZE = 200;
    static final int ACTIVE = 0;
    static final int MITIGATION = 4;
    static final int READER_WAITING = 8;
    static final int SELF_TGID = 12;
    static final int FILTERS = 16;
    static final int INTEGRITY = 20;
    static final int ENTER_EVENTS = 24;
    static final int RING_PER_CPU = 28;
    static final int COPIES = 32;
    static final int SYSCALLS = 36;
    static final int HAS_REQUESTS = 40;
    static final int STASH_ENTRIES = 44;
    static final int SLOT_MASK = 48;
    static final int TASK_STORAGE = 52;
    static final int STASHED = 64;
    static final int USER_INTERVAL = 128;
    static final int CGROUP_INTERVAL = 132;
    static final int LIMIT_SEED = 136;
    static final int POLLED_FLAG = 140;
    static final int NO_SNAPSHOTS = 144;
    static final int GENERATIONS = 148;
    static final int BLIND = 180;
    static final int FILTERED_SINCE = 184;
    static final int CLEANUP_FLAG = 192;

    static final int FILTER_SELF = 1;
    static final int FILTER_TGIDS = 1 << 1;
    static final int FILTER_UIDS = 1 << 2;
    static final int FILTER_CGROUPS = 1 << 3;
    static final int FILTER_MOUNT_NS = 1 << 4;
    static final int FILTER_PATHS = 1 << 5;
    static final int FILTER_FAILED = 1 << 6;
    static final int FILTER_SUCCEEDED = 1 << 7;
    static final int FILTER_EXECUTABLES = 1 << 8;
    static final int FILTER_GENERATIONS = 8;
    static final int FILTER_GENERATION_SHIFT = 9;
    static final int FILTERS_FORGOTTEN = -1;

    static final int ROW_SIZE = 256;
    static final int RETURNED = 8;
    static final int SUBMITTED = 16;
    static final int RING_FULL = 24;
    static final int FILTERED_SELF = 32;
    static final int FILTERED_TGID = 40;
    static final int FILTERED_UID = 48;
    static final int FILTERED_CGROUP = 56;
    static final int FILTERED_MOUNT_NS = 64;
    static final int FILTERED_EXECUTABLE = 72;
    static final int FILTERED_PATH = 80;
    static final int FILTERED_RESULT = 88;
    static final int PUTS = 96;
    static final int TAKES = 104;
    static final int RECLAIMED = 112;
    static final int STALE = 120;
    static final int REFUSED = 128;
    static final int WAKEUPS = 136;
    static final int ENTERED = 144;
    static final int SILENT = 152;
    static final int UNFINISHED = 160;
    static final int COPIES_MISSED = 168;
    static final int RATE_LIMITED = 176;
    static final int PROCESS_SEQUENCE = 184;

    private ControlLayout() {}
}
