// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

/**
 * The memory of stashes, in bytes, as formulas; the kernel's own figure of a map in use is in
 * {@code /proc/PID/fdinfo/FD}.
 */
public final class StashMemory {
    /** The bytes that the eBPF driver keeps per call: {@code struct call} of driver-ebpf/src/main/c/lib/maps.h. */
    public static final int CALL_BYTES = 384;

    /** {@code struct htab_elem} of kernel/bpf/hashtab.c, without key and value. */
    private static final int ELEMENT_HEADER = 48;
    /** The size of a thread id, rounded up. */
    private static final int KEY = 8;
    /** {@code struct bucket}, of which there are as many as entries, rounded up to a power of two. */
    private static final int BUCKET = 16;

    /** A slot of ThreadTable: thread, start, call and two neighbours. */
    private static final int TABLE_SLOT = 2 * Long.BYTES + 3 * Integer.BYTES;

    private StashMemory() {}

    /**
     * Returns the bytes of a preallocated BPF hash map, LRU or not, with {@link #CALL_BYTES} per entry:
     * {@code htab_map_mem_usage} of kernel/bpf/hashtab.c. The formula leaves out a few hundred bytes per map, and a
     * spare element per processor.
     */
    public static long bpf(int entries) {
        return (long) entries * (ELEMENT_HEADER + KEY + CALL_BYTES) + (long) BUCKET * powerOfTwo(entries);
    }

    /**
     * Returns the bytes of a stash of the API in Java, with {@link #CALL_BYTES} per entry, and its memory for refused
     * or evicted calls.
     */
    public static long java(int entries) {
        long table = (long) entries * TABLE_SLOT + 2L * Integer.BYTES * powerOfTwo(entries);
        return 2 * table + (long) entries * (CALL_BYTES + Integer.BYTES + Byte.BYTES);
    }

    /** Returns the least power of two that is not below a number. */
    private static long powerOfTwo(int number) {
        return Long.highestOneBit(2L * number - 1);
    }
}
