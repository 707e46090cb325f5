// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The state of one sandbox. Its size is fixed, whatever the sandbox sends, and only the merging thread touches it. */
final class Connection {
    /** The number of thread ids in a sentry: TasksLimit of pkg/sentry/kernel/threads.go. */
    static final int THREAD_LIMIT = 1 << 16;

    static final Connection NONE = new Connection(0, 0);

    private static final int MAX_CONTAINERS = 256;
    static final int MAX_CONTAINER_ID = 256;
    private static final byte[] NO_CONTAINER = {};
    /** A sentry needs some 15 µs for a frame; a frame that fails at once, with all CPUs on it, still needs 500 ns. */
    private static final long NANOS_PER_FRAME = 500;

    private static final long POSSIBLE_AT_ONCE = 100_000;

    final int number;
    /** The process that made the connection, which is runsc and not the sandbox. */
    final int peer;

    private final int[] heldAt;
    /** The calls that wait for a further frame. */
    final HeldCalls.Own held = new HeldCalls.Own();
    /** The threads with an entry in the stash, and their number. */
    private final BitSet stashed = new BitSet();

    private int stashedCount;
    /** The threads whose call in progress has sent its raw point at entry. */
    final BitSet seen = new BitSet();
    /** The threads whose last call may still send its payload point at the return. */
    final BitSet pending = new BitSet();
    /** The threads that have been seen, and have not ended. */
    final BitSet alive = new BitSet();
    /** The thread groups that have had one thread, and a descriptor table of their own, since they began. */
    final BitSet single = new BitSet();

    /** Index 0 stands for no container. */
    private final byte[][] containers = new byte[MAX_CONTAINERS][];

    private int containerCount = 1;
    private int lastContainer;
    /** The last id that no event may name; empty for none. */
    private byte[] refusedContainer = NO_CONTAINER;

    private @Nullable SandboxProcesses processes;
    private int lastDropped;
    private long lastLook;
    /** Set once the sandbox has sent a raw point of a watched call. */
    boolean witnesses;

    /** The System.nanoTime at which the merging thread first saw the connection; 0 before. */
    long firstLook;

    /**
     * Set if runsc began the session in a running sandbox: then runsc reports a session that fails, unlike at a start.
     */
    boolean isAttached;

    boolean isWarnedOf;
    /** Set once the user was told that events name no container. */
    boolean isWarnedOfContainer;

    long oversized;
    long frames;
    long dropped;
    long malformed;

    /** Sets the System.nanoTime at which the stream began. */
    void begin(long now) {
        lastLook = now;
    }

    Connection(int number, int peer) {
        this.number = number;
        this.peer = peer;
        this.heldAt = new int[number == 0 ? 0 : THREAD_LIMIT];
        containers[0] = NO_CONTAINER;
    }

    /** Returns the processes; whoever wants no process events must not ask for them, as they take memory. */
    SandboxProcesses processes() {
        if (processes == null) {
            processes = new SandboxProcesses();
        }
        return processes;
    }

    /** Returns the key of a thread in the stash. */
    long key(int tid) {
        return (long) number << Integer.SIZE | tid;
    }

    int held(int tid) {
        return heldAt[tid];
    }

    void held(int tid, int place) {
        heldAt[tid] = place;
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

    /** Returns a thread with an entry in the stash, or -1. */
    int anyStashed() {
        return stashed.nextSetBit(0);
    }

    byte[] container(int index) {
        return containers[index];
    }

    /** Returns the index of a container's id, 0 for one that was just refused, or -1 when it is new here. */
    int containerIndex(byte[] bytes, int at, int length) {
        if (length == 0 || is(refusedContainer, bytes, at, length)) {
            return 0;
        }
        if (is(containers[lastContainer], bytes, at, length)) {
            return lastContainer;
        }
        for (int i = 1; i < containerCount; i++) {
            if (is(containers[i], bytes, at, length)) {
                lastContainer = i;
                return i;
            }
        }
        return -1;
    }

    /** Adds a container, and returns its index, or 0 when there are too many. */
    int addContainer(byte[] id) {
        if (containerCount == MAX_CONTAINERS) {
            return 0;
        }
        containers[containerCount] = id;
        return containerCount++;
    }

    /** Leaves the container out of events, although frames name one. */
    void refuseContainer(byte[] id) {
        refusedContainer = id;
    }

    /** Lets the id that was refused last be looked at again. */
    void allowContainers() {
        refusedContainer = NO_CONTAINER;
    }

    int containerCount() {
        return containerCount;
    }

    /**
     * Returns the number of frames that the sandbox dropped since the last frame, or since the session began. Returns
     * -1 if the sandbox cannot have made so many in that time.
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

    private static boolean is(byte[] id, byte[] bytes, int at, int length) {
        return Arrays.equals(id, 0, id.length, bytes, at, at + length);
    }
}
