// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.util.random.RandomGenerator;

/**
 * The threads of a machine, by index, 36 bytes each. In {@link #order}, threads outside of calls come first and threads
 * in calls after them, so that a thread of either kind can be drawn at once. Not thread-safe.
 */
final class MachineThreads {
    private static final long IN_NO_CALL = -1;

    /** The longs per thread. Values that are used together lie together: a million threads do not fit into a cache. */
    private static final int WIDTH = 4;

    private static final int START = 0;
    /** The field with twice the number of the call among all calls of the run, plus 1 for a slow one. */
    private static final int CALL = 1;

    private static final int RETURN_TIME = 2;
    /** The field with the id, and in its lower half the thread's place in the order. */
    private static final int ID_AND_PLACE = 3;

    private final long[] threads;
    private final int[] order;
    private int idle;

    /**
     * Creates threads without an id; each has to {@link #start}.
     *
     * @param count number of threads
     */
    MachineThreads(int count) {
        threads = new long[WIDTH * count];
        order = new int[count];
        for (int thread = 0; thread < count; thread++) {
            place(thread, thread);
        }
        idle = count;
    }

    /** The number of threads outside of calls. */
    int idle() {
        return idle;
    }

    /** The number of threads in calls. */
    int busy() {
        return order.length - idle;
    }

    int anyIdle(RandomGenerator random) {
        return order[random.nextInt(idle)];
    }

    int anyBusy(RandomGenerator random) {
        return order[idle + random.nextInt(busy())];
    }

    int id(int thread) {
        return (int) (threads[WIDTH * thread + ID_AND_PLACE] >>> Integer.SIZE);
    }

    long start(int thread) {
        return threads[WIDTH * thread + START];
    }

    long call(int thread) {
        return threads[WIDTH * thread + CALL] >>> 1;
    }

    boolean isSlow(int thread) {
        return (threads[WIDTH * thread + CALL] & 1) != 0;
    }

    /**
     * Returns whether a thread is in a call that returns at this time; otherwise the thread of that call was killed.
     */
    boolean returnsAt(int thread, long time) {
        return threads[WIDTH * thread + RETURN_TIME] == time;
    }

    /** Puts a new thread in the place of one outside of calls. */
    void start(int thread, int id, long now) {
        int at = WIDTH * thread;
        threads[at + START] = now;
        threads[at + RETURN_TIME] = IN_NO_CALL;
        threads[at + ID_AND_PLACE] = ((long) id << Integer.SIZE) | placeOf(thread);
    }

    void enter(int thread, long call, long returnTime, boolean slow) {
        int at = WIDTH * thread;
        threads[at + CALL] = (call << 1) | (slow ? 1 : 0);
        threads[at + RETURN_TIME] = returnTime;
        idle--;
        swap(thread, idle);
    }

    void leave(int thread) {
        threads[WIDTH * thread + RETURN_TIME] = IN_NO_CALL;
        swap(thread, idle);
        idle++;
    }

    private void swap(int thread, int place) {
        place(order[place], placeOf(thread));
        place(thread, place);
    }

    private int placeOf(int thread) {
        return (int) threads[WIDTH * thread + ID_AND_PLACE];
    }

    private void place(int thread, int place) {
        int at = WIDTH * thread + ID_AND_PLACE;
        threads[at] = (threads[at] & ~0xffff_ffffL) | place;
        order[place] = thread;
    }
}
