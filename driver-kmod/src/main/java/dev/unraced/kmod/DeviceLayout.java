// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

/** The numbers of {@code lib/device.h}: offsets in bytes, commands, bits. */
final class DeviceLayout {
    static final int VERSION = 5;

    static final int CONFIGURE = 0xC0A8AEE0;
    static final int MITIGATION = 0x4004AEE1;
    static final int STATS = 0x8040AEE2;
    static final int STOP = 0xAEE3;
    static final int WAKE = 0xAEE4;
    static final int ENTER_EVENTS = 0x4004AEE5;
    static final int FEATURES = 0x8004AEE6;

    static final int READER_WAITING = 64;
    static final int READER_WATERMARK = 68;

    static final int CONFIG_SIZE = 168;
    static final int CONFIG_VERSION = 0;
    static final int CONFIG_SIZE_FIELD = 4;
    static final int CONFIG_MITIGATION = 8;
    static final int CONFIG_INTEGRITY = 12;
    static final int CONFIG_SYSCALLS = 16;
    static final int CONFIG_FILTERS = 20;
    static final int CONFIG_RING_BYTES = 24;
    static final int CONFIG_RING_PER_CPU = 32;
    static final int CONFIG_ENTER_EVENTS = 36;
    static final int CONFIG_STASH_ENTRIES = 40;
    static final int CONFIG_STASH_LONG_ENTRIES = 44;
    static final int CONFIG_TGID_COUNT = 48;
    static final int CONFIG_UID_COUNT = 52;
    static final int CONFIG_CGROUP_COUNT = 56;
    static final int CONFIG_MOUNT_NS_COUNT = 60;
    static final int CONFIG_PATH_COUNT = 64;
    static final int CONFIG_USER_INTERVAL = 68;
    static final int CONFIG_CGROUP_INTERVAL = 72;
    static final int CONFIG_PROCESS_EVENTS = 76;
    static final int CONFIG_TGIDS = 80;
    static final int CONFIG_UIDS = 88;
    static final int CONFIG_CGROUPS = 96;
    static final int CONFIG_MOUNT_NAMESPACES = 104;
    static final int CONFIG_PATHS = 112;
    static final int CONFIG_RING_COUNT = 120;
    static final int CONFIG_COUNTERS_OFFSET = 128;
    static final int CONFIG_COUNTER_ROWS = 136;
    static final int CONFIG_STASH_BYTES = 144;
    static final int CONFIG_LEDGERS_OFFSET = 152;
    static final int CONFIG_HOOKS = 160;
    static final int CONFIG_HOOKS_ERROR = 164;

    static final int FILTER_SELF = 1;
    static final int FILTER_TGIDS = 1 << 1;
    static final int FILTER_UIDS = 1 << 2;
    static final int FILTER_CGROUPS = 1 << 3;
    static final int FILTER_MOUNT_NS = 1 << 4;
    static final int FILTER_PATHS = 1 << 5;
    static final int FILTER_FAILED = 1 << 6;
    static final int FILTER_SUCCEEDED = 1 << 7;

    static final int HOOKS_AUTO = 0;
    static final int HOOKS_FUNCTION = 1;
    static final int HOOKS_TRACEPOINT = 2;

    static final int FEATURE_KERNEL = 1;
    static final int FEATURE_IO_URING = 1 << 1;
    static final int FEATURE_PROCESSES = 1 << 2;
    static final int FEATURE_FUNCTIONS = 1 << 3;

    static final int PREFIX_SIZE = 260;
    static final int PREFIX_LENGTH = 0;
    static final int PREFIX_BYTES = 4;

    static final int COUNTERS_SIZE = 128;
    static final int COUNTERS_RETURNED = 8;
    static final int COUNTERS_SUBMITTED = 16;
    static final int COUNTERS_RING_FULL = 24;
    static final int COUNTERS_FILTERED_SELF = 32;
    static final int COUNTERS_FILTERED_TGID = 40;
    static final int COUNTERS_FILTERED_UID = 48;
    static final int COUNTERS_FILTERED_CGROUP = 56;
    static final int COUNTERS_FILTERED_MOUNT_NS = 64;
    static final int COUNTERS_FILTERED_PATH = 72;
    static final int COUNTERS_FILTERED_RESULT = 80;
    static final int COUNTERS_ENTERED = 88;
    static final int COUNTERS_SILENT = 96;
    static final int COUNTERS_WAKEUPS = 104;
    static final int COUNTERS_RATE_LIMITED = 112;
    static final int COUNTERS_PROCESS_SEQUENCE = 120;

    static final int STATS_SIZE = 64;
    static final int STATS_PUTS = 0;
    static final int STATS_TAKES = 8;
    static final int STATS_EVICTED = 16;
    static final int STATS_RECLAIMED = 24;
    static final int STATS_STALE = 32;
    static final int STATS_LIVE = 40;
    static final int STATS_CAPACITY = 48;

    private DeviceLayout() {}
}
