// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What is known of one sandbox. All of it is fixed in size, whatever the sandbox sends, and only the merging thread
 * touches it.
 */
final class Connection {
    /** Thread ids that a sentry gives: TasksLimit of pkg/sentry/kernel/threads.go. */
    static final int THREAD_LIMIT = 1 << 16;

    static final Connection NONE = new Connection(0, 0);

    private static final int MAX_CONTAINERS = 256;
    static final int MAX_CONTAINER_ID = 256;
    private static final byte[] NO_CONTAINER = {};
    /** A sentry needs some 15 µs for a frame; one that fails at once, with all processors on it, still 500 ns. */
    private static final long NANOS_PER_FRAME = 500;

    private static final long POSSIBLE_AT_ONCE = 100_000;

    final int number;
    /** The process that made the connection: runsc, and not the sandbox. */
    final int peer;

    private final int[] held;
    /** Threads with an entry in the stash, and their number. */
    private final BitSet stashed = new BitSet();

    private int stashedCount;
    /** Threads whose call in progress was announced by a raw point. */
    final BitSet announced = new BitSet();
    /** Threads of whose last call one point of the return may still come. */
    final BitSet late = new BitSet();
    /** Threads that have been seen, and have not ended. */
    final BitSet alive = new BitSet();
    /** Thread groups of one thread, with a descriptor table of their own, since their beginning. */
    final BitSet single = new BitSet();

    /** Place 0 stands for no container. */
    private final byte[][] containers = new byte[MAX_CONTAINERS][];

    private int containerCount = 1;
    private int lastContainer;

    private int lastDropped;
    private long lastLook;
    /** Whether raw points of watched calls come. */
    boolean witnesses;

    /** When the merging thread first saw it, in the terms of System.nanoTime; 0 before. */
    long firstLook;

    /** Whether runsc began the session in a running sandbox: unlike at a start, it reports a session that fails. */
    boolean isAttached;

    boolean isWarnedOf;
    long oversized;
    long frames;
    long dropped;
    long malformed;
    long withheld;

    /** When its stream began, in the terms of System.nanoTime. */
    void begin(long now) {
        lastLook = now;
    }

    Connection(int number, int peer) {
        this.number = number;
        this.peer = peer;
        this.held = new int[number == 0 ? 0 : THREAD_LIMIT];
        containers[0] = NO_CONTAINER;
    }

    /** How the stash knows a thread. */
    long key(int tid) {
        return (long) number << Integer.SIZE | tid;
    }

    int held(int tid) {
        return held[tid];
    }

    void held(int tid, int place) {
        held[tid] = place;
    }

    boolean isStashed(int tid) {
        return stashed.get(tid);
    }

    void stashed(int tid, boolean is) {
        if (stashed.get(tid) != is) {
            stashed.set(tid, is);
            stashedCount += is ? 1 : -1;
        }
    }

    int stashedCount() {
        return stashedCount;
    }

    /** Some thread with an entry in the stash, or -1. */
    int anyStashed() {
        return stashed.nextSetBit(0);
    }

    byte[] container(int index) {
        return containers[index];
    }

    /** The index of a container's id, or -1 when it is new here. */
    int containerIndex(byte[] bytes, int at, int length) {
        if (length == 0) {
            return 0;
        }
        if (is(lastContainer, bytes, at, length)) {
            return lastContainer;
        }
        for (int i = 1; i < containerCount; i++) {
            if (is(i, bytes, at, length)) {
                lastContainer = i;
                return i;
            }
        }
        return -1;
    }

    /** Adds a container; 0 when there are too many. */
    int addContainer(byte[] id) {
        if (containerCount == MAX_CONTAINERS) {
            return 0;
        }
        containers[containerCount] = id;
        return containerCount++;
    }

    int containerCount() {
        return containerCount;
    }

    /**
     * Frames that the sandbox dropped since the last one, or since the session began; -1 when it claims more than it
     * can have made in the time.
     */
    long newlyDropped(int count, long now) {
        long delta = (count - lastDropped) & 0xffff_ffffL;
        long possible = POSSIBLE_AT_ONCE + (now - lastLook) / NANOS_PER_FRAME;
        lastDropped = count;
        lastLook = now;
        if (delta > possible) {
            return -1;
        }
        dropped += delta;
        return delta;
    }

    private boolean is(int index, byte[] bytes, int at, int length) {
        byte[] id = containers[index];
        return Arrays.equals(id, 0, id.length, bytes, at, at + length);
    }
}
