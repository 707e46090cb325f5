// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/**
 * Remembers why a stash does not hold the arguments of a running call, so that the call's event can say it. It holds
 * the latest calls up to its capacity and forgets older calls. Not thread-safe.
 */
final class MissedCalls {
    private final ThreadTable table;
    private final byte[] reasons;

    MissedCalls(int capacity, long seed) {
        table = new ThreadTable(capacity, seed);
        reasons = new byte[capacity];
    }

    /**
     * Remembers a call of a thread that has no remembered call.
     *
     * @param reason {@link ArgStash#EVICTED} or {@link ArgStash#REFUSED}
     */
    void remember(long thread, long startNanos, int call, int reason) {
        if (table.isFull()) {
            table.remove(table.oldest());
        }
        reasons[table.add(thread, startNanos, call)] = (byte) reason;
    }

    /** Returns the remembered reason of a call, or {@link ArgStash#MISSING}. */
    int reason(long thread, long startNanos, int call) {
        int slot = table.find(thread);
        return slot == ThreadTable.NONE || !table.matches(slot, startNanos, call) ? ArgStash.MISSING : reasons[slot];
    }

    /** Returns the remembered reason of a call, or {@link ArgStash#MISSING}, and forgets the thread's call. */
    int recall(long thread, long startNanos, int call) {
        int slot = table.find(thread);
        if (slot == ThreadTable.NONE) {
            return ArgStash.MISSING;
        }
        table.remove(slot);
        return table.matches(slot, startNanos, call) ? reasons[slot] : ArgStash.MISSING;
    }

    void remove(long thread) {
        int slot = table.find(thread);
        if (slot != ThreadTable.NONE) {
            table.remove(slot);
        }
    }

    void clear() {
        table.clear();
    }
}
