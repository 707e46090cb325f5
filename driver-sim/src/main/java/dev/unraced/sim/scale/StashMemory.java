// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.scale;

/**
 * What stashes cost, in bytes, as formulas; the kernel's own figure of a map in use is in {@code /proc/PID/fdinfo/FD}.
 */
public final class StashMemory {
    /** What the eBPF driver keeps per call: {@code struct call} of driver-ebpf/src/main/c/lib/maps.h. */
    public static final int CALL_BYTES = 384;

    /** {@code struct htab_elem} of kernel/bpf/hashtab.c, without key and value. */
    private static final int ELEMENT_HEADER = 48;
    /** A thread id, rounded up. */
    private static final int KEY = 8;
    /** {@code struct bucket}, of which there are as many as entries, rounded up to a power of two. */
    private static final int BUCKET = 16;

    /** A slot of ThreadTable: thread, start, call and two neighbours. */
    private static final int TABLE_SLOT = 2 * Long.BYTES + 3 * Integer.BYTES;

    private StashMemory() {}

    /**
     * A preallocated BPF hash map, LRU or not, of {@link #CALL_BYTES} per entry; {@code htab_map_mem_usage} of
     * kernel/bpf/hashtab.c. Left out: a few hundred bytes per map, and a spare element per processor.
     */
    public static long bpf(int entries) {
        return (long) entries * (ELEMENT_HEADER + KEY + CALL_BYTES) + (long) BUCKET * powerOfTwo(entries);
    }

    /**
     * A stash of the contract in Java, of {@link #CALL_BYTES} per entry, with its memory for refused or evicted calls.
     */
    public static long java(int entries) {
        long table = (long) entries * TABLE_SLOT + 2L * Integer.BYTES * powerOfTwo(entries);
        return 2 * table + (long) entries * (CALL_BYTES + Integer.BYTES + Byte.BYTES);
    }

    /** The least power of two that is not below a number. */
    private static long powerOfTwo(int number) {
        return Long.highestOneBit(2L * number - 1);
    }
}
