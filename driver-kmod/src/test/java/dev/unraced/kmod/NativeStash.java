// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.ArgStash;
import java.lang.ref.Cleaner;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;

/**
 * The module's stash, run by the same C code in this process under the contract of {@link ArgStash}. A capture's stash
 * is in the kernel. Thread-safe: one lock guards the buffer that arguments pass through. It remembers as many evicted
 * calls as it has entries, and 1,024 at least.
 */
final class NativeStash implements ArgStash {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8L;
    private static final int LEAST_REMEMBERED = 1024;
    private static final int NO_ROOM = -5;
    private static final Put[] OUTCOMES = Put.values();

    private final int capacity;
    private final int entryBytes;
    private final ByteBuffer bytes;
    private final ByteBuffer stats = Device.memory(DeviceLayout.STATS_SIZE);
    private final long handle;

    static {
        ProcessLibrary.load();
    }

    /** The division of a stash; see {@code struct unraced_stash_size}. */
    record Shape(int longEntries, int shortBytes, int shards) {}

    /** Makes a stash of one shard, all of whose entries are short. */
    NativeStash(int capacity, int entryBytes, long seed) {
        this(capacity, entryBytes, new Shape(0, entryBytes, 1), seed);
    }

    NativeStash(int capacity, int entryBytes, Shape shape, long seed) {
        if (capacity < 1 || entryBytes < 1 || (long) capacity * entryBytes > MAX_BYTES) {
            throw new IllegalArgumentException("a stash holds 1 to " + MAX_BYTES + " bytes, but capacity " + capacity
                    + " times entryBytes " + entryBytes + " is " + (long) capacity * entryBytes);
        }
        this.capacity = capacity;
        this.entryBytes = entryBytes;
        this.bytes = Device.memory(entryBytes);
        ByteBuffer size = Device.memory(7 * Integer.BYTES)
                .putInt(capacity)
                .putInt(shape.longEntries())
                .putInt(shape.shortBytes())
                .putInt(entryBytes)
                .putInt(shape.shards())
                .putInt(LEAST_REMEMBERED)
                .putInt(0);
        handle = create(size, seed);
        if (handle == 0) {
            throw new IllegalArgumentException(
                    "no memory for capacity " + capacity + " times entryBytes " + entryBytes + ", or no such " + shape);
        }
        long own = handle;
        CLEANER.register(this, () -> free(own));
    }

    @Override
    public synchronized Put put(long thread, long startNanos, int call, ByteBuffer source) {
        int length = source.remaining();
        if (length > entryBytes) {
            throw new IllegalArgumentException(length + " bytes do not fit into an entry of " + entryBytes);
        }
        bytes.put(0, source, source.position(), length);
        return OUTCOMES[put(handle, thread, startNanos, call, bytes, length)];
    }

    @Override
    public synchronized int take(long thread, long startNanos, int call, ByteBuffer target) {
        if (target.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        return copied(take(handle, thread, startNanos, call, bytes, Math.min(target.remaining(), entryBytes)), target);
    }

    /**
     * Takes the entry of a call as {@link #take} does. Without an entry, returns {@link #MISSING} and keeps what the
     * stash remembers of the call.
     */
    synchronized int takeHeld(long thread, long startNanos, int call, ByteBuffer target) {
        return copied(
                takeHeld(handle, thread, startNanos, call, bytes, Math.min(target.remaining(), entryBytes)), target);
    }

    private int copied(int length, ByteBuffer target) {
        if (length == NO_ROOM) {
            throw new BufferOverflowException();
        }
        if (length > 0) {
            target.put(target.position(), bytes, 0, length);
            target.position(target.position() + length);
        }
        return length;
    }

    @Override
    public boolean discard(long thread) {
        return discard(handle, thread);
    }

    @Override
    public void clear() {
        clear(handle);
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int entryBytes() {
        return entryBytes;
    }

    @Override
    public synchronized StashStats stats() {
        read(handle, stats);
        return StashStatsReader.of(stats);
    }

    private static native long create(ByteBuffer size, long seed);

    private static native void free(long handle);

    private static native int put(long handle, long thread, long start, int call, ByteBuffer bytes, int length);

    private static native int take(long handle, long thread, long start, int call, ByteBuffer bytes, int room);

    private static native int takeHeld(long handle, long thread, long start, int call, ByteBuffer bytes, int room);

    private static native boolean discard(long handle, long thread);

    private static native void clear(long handle);

    private static native void read(long handle, ByteBuffer stats);
}
