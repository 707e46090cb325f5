// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

/**
 * Gives out thread ids as the kernel does: the next free id after the last, and from the start again at the end
 * ({@code idr_alloc_cyclic} in alloc_pid of kernel/pid.c). Not thread-safe.
 */
final class IdSpace {
    /** The first id after a wrap: RESERVED_PIDS of kernel/pid.c. */
    static final int RESERVED = 300;

    private final int end;
    private final long[] used;
    private int next = RESERVED;

    /** Creates a space of ids from {@link #RESERVED} to end - 1. */
    IdSpace(int end) {
        this.end = end;
        used = new long[(end + Long.SIZE - 1) >>> 6];
    }

    /** Takes a free id, of which there must be one. */
    int take() {
        int id = next;
        while (isUsed(id)) {
            id = after(id);
        }
        used[id >>> 6] |= 1L << id;
        next = after(id);
        return id;
    }

    void giveBack(int id) {
        used[id >>> 6] &= ~(1L << id);
    }

    private boolean isUsed(int id) {
        return (used[id >>> 6] & 1L << id) != 0;
    }

    private int after(int id) {
        return id + 1 == end ? RESERVED : id + 1;
    }
}
