// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

/** Numbers of {@code device.h}: offsets in bytes, commands, bits. */
final class DeviceLayout {
    static final int VERSION = 1;

    static final int CONFIGURE = 0xC068AEE0;
    static final int MITIGATION = 0x4004AEE1;
    static final int BOOKS = 0x8040AEE2;
    static final int STOP = 0xAEE3;
    static final int WAKE = 0xAEE4;

    static final int READER_WAITING = 64;

    static final int CONFIG_SIZE = 104;
    static final int CONFIG_VERSION = 0;
    static final int CONFIG_SIZE_FIELD = 4;
    static final int CONFIG_MITIGATION = 8;
    static final int CONFIG_INTEGRITY = 12;
    static final int CONFIG_SYSCALLS = 16;
    static final int CONFIG_FILTERS = 20;
    static final int CONFIG_RING_BYTES = 24;
    static final int CONFIG_STASH_ENTRIES = 32;
    static final int CONFIG_STASH_LONG_ENTRIES = 36;
    static final int CONFIG_TGID_COUNT = 40;
    static final int CONFIG_UID_COUNT = 44;
    static final int CONFIG_CGROUP_COUNT = 48;
    static final int CONFIG_TGIDS = 56;
    static final int CONFIG_UIDS = 64;
    static final int CONFIG_CGROUPS = 72;
    static final int CONFIG_COUNTERS_OFFSET = 80;
    static final int CONFIG_COUNTER_ROWS = 88;
    static final int CONFIG_STASH_BYTES = 96;

    static final int FILTER_SELF = 1;
    static final int FILTER_TGIDS = 1 << 1;
    static final int FILTER_UIDS = 1 << 2;
    static final int FILTER_CGROUPS = 1 << 3;

    static final int COUNTERS_SIZE = 128;
    static final int COUNTERS_RETURNED = 8;
    static final int COUNTERS_SUBMITTED = 16;
    static final int COUNTERS_RING_FULL = 24;
    static final int COUNTERS_FILTERED_SELF = 32;
    static final int COUNTERS_FILTERED_TGID = 40;
    static final int COUNTERS_FILTERED_UID = 48;
    static final int COUNTERS_FILTERED_CGROUP = 56;
    static final int COUNTERS_WAKEUPS = 64;

    static final int BOOKS_SIZE = 64;
    static final int BOOKS_PUTS = 0;
    static final int BOOKS_TAKES = 8;
    static final int BOOKS_EVICTED = 16;
    static final int BOOKS_RECLAIMED = 24;
    static final int BOOKS_STALE = 32;
    static final int BOOKS_LIVE = 40;
    static final int BOOKS_CAPACITY = 48;
    static final int BOOKS_BYTES = 56;

    private DeviceLayout() {}
}
