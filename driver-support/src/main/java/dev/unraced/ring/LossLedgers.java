// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.CallerLosses;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the losses by caller that a native driver counts: one {@code struct unraced_ledger} of {@code callers.h} for
 * each CPU, in memory shared with the driver. Thread-safe.
 */
public final class LossLedgers {
    /** Size of one ledger in bytes. */
    public static final int SIZE = 1536;

    static final int CALLER_SIZE = 24;
    static final int CGROUP = 0;
    static final int LOST = 8;
    static final int UID = 16;

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer memory;
    private final int count;

    /**
     * Creates a reader of the ledgers in some memory.
     *
     * @param memory the ledgers one behind the other, from the start
     * @param count the number of ledgers
     */
    public LossLedgers(ByteBuffer memory, int count) {
        this.memory = memory;
        this.count = count;
    }

    /** Returns the callers with the most losses, the heaviest first; the CPUs' counts of a caller are added up. */
    public List<CallerLosses> heaviest() {
        List<CallerLosses> all = new ArrayList<>();
        for (int at = 0; at < count * SIZE; at += CALLER_SIZE) {
            read(at, all);
        }
        return CallerLosses.heaviest(all);
    }

    private void read(int at, List<CallerLosses> to) {
        long before = (long) LONGS.getAcquire(memory, at + LOST);
        long cgroup = (long) LONGS.getAcquire(memory, at + CGROUP);
        int uid = (int) INTS.getAcquire(memory, at + UID);
        long after = (long) LONGS.getAcquire(memory, at + LOST);
        // The count of a place falls when another caller takes it. The new caller is read the next time.
        if (before > 0 && after >= before) {
            to.add(new CallerLosses(Integer.toUnsignedLong(uid), cgroup, after));
        }
    }
}
