// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

/** The numbers of {@code lib/device.h}: offsets in bytes, commands, bits. */
final class DeviceLayout {
    static final int VERSION = 7;

    static final int CONFIGURE = 0xC0B8AEE0;
    static final int MITIGATION = 0x4004AEE1;
    static final int STATS = 0x8040AEE2;
    static final int STOP = 0xAEE3;
    static final int WAKE = 0xAEE4;
    static final int ENTER_EVENTS = 0x4004AEE5;
    static final int FEATURES = 0x8004AEE6;
    static final int FILTERS = 0x4050AEE7;

    static final int READER_WAITING = 64;
    static final int READER_WATERMARK = 68;

    static final int CONFIG_SIZE = 184;
    static final int CONFIG_VERSION = 0;
    static final int CONFIG_SIZE_FIELD = 4;
    static final int CONFIG_MITIGATION = 8;
    static final int CONFIG_INTEGRITY = 12;
    static final int CONFIG_SYSCALLS = 16;
    static final int CONFIG_PROCESS_EVENTS = 20;
    static final int CONFIG_RING_BYTES = 24;
    static final int CONFIG_RING_PER_CPU = 32;
    static final int CONFIG_ENTER_EVENTS = 36;
    static final int CONFIG_STASH_ENTRIES = 40;
    static final int CONFIG_STASH_LONG_ENTRIES = 44;
    static final int CONFIG_USER_INTERVAL = 48;
    static final int CONFIG_CGROUP_INTERVAL = 52;
    static final int CONFIG_LISTS = 56;
    static final int CONFIG_RING_COUNT = 136;
    static final int CONFIG_COUNTERS_OFFSET = 144;
    static final int CONFIG_COUNTER_ROWS = 152;
    static final int CONFIG_LEDGERS_OFFSET = 168;
    static final int CONFIG_HOOKS = 176;
    static final int CONFIG_HOOKS_ERROR = 180;

    static final int LISTS_SIZE = 80;
    static final int LISTS_FILTERS = 0;
    static final int LISTS_TGID_COUNT = 4;
    static final int LISTS_UID_COUNT = 8;
    static final int LISTS_CGROUP_COUNT = 12;
    static final int LISTS_MOUNT_NS_COUNT = 16;
    static final int LISTS_PATH_COUNT = 20;
    static final int LISTS_EXECUTABLE_COUNT = 24;
    static final int LISTS_TGIDS = 32;
    static final int LISTS_UIDS = 40;
    static final int LISTS_CGROUPS = 48;
    static final int LISTS_MOUNT_NAMESPACES = 56;
    static final int LISTS_PATHS = 64;
    static final int LISTS_EXECUTABLES = 72;

    static final int FILTER_SELF = 1;
    static final int FILTER_TGIDS = 1 << 1;
    static final int FILTER_UIDS = 1 << 2;
    static final int FILTER_CGROUPS = 1 << 3;
    static final int FILTER_MOUNT_NS = 1 << 4;
    static final int FILTER_PATHS = 1 << 5;
    static final int FILTER_FAILED = 1 << 6;
    static final int FILTER_SUCCEEDED = 1 << 7;
    static final int FILTER_EXECUTABLES = 1 << 8;

    static final int HOOKS_AUTO = 0;
    static final int HOOKS_FUNCTION = 1;
    static final int HOOKS_TRACEPOINT = 2;

    static final int FEATURE_KERNEL = 1;
    static final int FEATURE_IO_URING = 1 << 1;
    static final int FEATURE_PROCESSES = 1 << 2;
    static final int FEATURE_FUNCTIONS = 1 << 3;

    static final int EXECUTABLE_SIZE = 16;

    static final int PREFIX_SIZE = 260;
    static final int PREFIX_LENGTH = 0;
    static final int PREFIX_BYTES = 4;

    static final int COUNTERS_SIZE = 192;
    static final int COUNTERS_RETURNED = 8;
    static final int COUNTERS_SUBMITTED = 16;
    static final int COUNTERS_RING_FULL = 24;
    static final int COUNTERS_FILTERED_SELF = 32;
    static final int COUNTERS_FILTERED_TGID = 40;
    static final int COUNTERS_FILTERED_UID = 48;
    static final int COUNTERS_FILTERED_CGROUP = 56;
    static final int COUNTERS_FILTERED_MOUNT_NS = 64;
    static final int COUNTERS_FILTERED_EXECUTABLE = 72;
    static final int COUNTERS_FILTERED_PATH = 80;
    static final int COUNTERS_FILTERED_RESULT = 88;
    static final int COUNTERS_ENTERED = 96;
    static final int COUNTERS_SILENT = 104;
    static final int COUNTERS_WAKEUPS = 112;
    static final int COUNTERS_RATE_LIMITED = 120;
    static final int COUNTERS_PROCESS_SEQUENCE = 128;

    static final int STATS_SIZE = 64;
    static final int STATS_PUTS = 0;
    static final int STATS_TAKES = 8;
    static final int STATS_EVICTED = 16;
    static final int STATS_RECLAIMED = 24;
    static final int STATS_STALE = 32;
    static final int STATS_LIVE = 40;
    static final int STATS_CAPACITY = 48;
    static final int STATS_BYTES = 56;

    private DeviceLayout() {}
}
