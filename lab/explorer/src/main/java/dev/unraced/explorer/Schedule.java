// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.StringJoiner;

/**
 * The choice of threads, step by step. Immutable. As text, {@code 0*3 1 0*2} means three steps of thread 0, one of
 * thread 1 and two of thread 0.
 */
public final class Schedule {
    /** Orders schedules, the simplest first: fewest context switches, then fewest steps. */
    public static final Comparator<Schedule> SIMPLEST =
            Comparator.comparingInt(Schedule::switches).thenComparingInt(Schedule::length);

    /** The most steps of any execution; the limit keeps a text such as {@code 0*2147483647} from filling the memory. */
    static final int MAX_LENGTH = 1 << 20;

    private final int[] threads;
    private final int switches;

    private Schedule(int[] threads) {
        this.threads = threads;
        int count = 0;
        for (int i = 1; i < threads.length; i++) {
            if (threads[i] != threads[i - 1]) {
                count++;
            }
        }
        switches = count;
    }

    /** Returns a schedule of these choices. */
    public static Schedule of(int... threads) {
        for (int thread : threads) {
            if (thread < 0) {
                throw new IllegalArgumentException("negative thread: " + thread);
            }
        }
        return new Schedule(threads.clone());
    }

    /**
     * Parses the text form.
     *
     * @throws IllegalArgumentException if the text is not a schedule
     */
    public static Schedule parse(String text) {
        int[] threads = new int[16];
        int length = 0;
        for (String block : text.isBlank() ? new String[0] : text.strip().split("\\s+", -1)) {
            int star = block.indexOf('*');
            int thread = number(star < 0 ? block : block.substring(0, star), block);
            int times = star < 0 ? 1 : number(block.substring(star + 1), block);
            if (times == 0 || times > MAX_LENGTH - length) {
                throw new IllegalArgumentException("no steps, or too many: " + block);
            }
            if (length + times > threads.length) {
                threads = Arrays.copyOf(threads, Math.max(length + times, 2 * length));
            }
            Arrays.fill(threads, length, length + times, thread);
            length += times;
        }
        return new Schedule(Arrays.copyOf(threads, length));
    }

    private static int number(String digits, String block) {
        if (!digits.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("not of the form THREAD or THREAD*TIMES: " + block);
        }
        return Integer.parseInt(digits);
    }

    /** The number of steps. */
    public int length() {
        return threads.length;
    }

    /** The thread that makes step {@code i}, from 0. */
    public int thread(int i) {
        return threads[i];
    }

    /** The number of steps whose thread differs from that of the step before. */
    public int switches() {
        return switches;
    }

    /** The choices, in a new array. */
    public int[] toArray() {
        return threads.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schedule schedule && Arrays.equals(threads, schedule.threads);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(threads);
    }

    @Override
    public String toString() {
        StringJoiner blocks = new StringJoiner(" ");
        int start = 0;
        for (int i = 1; i <= threads.length; i++) {
            if (i == threads.length || threads[i] != threads[start]) {
                blocks.add(i - start == 1 ? "" + threads[start] : threads[start] + "*" + (i - start));
                start = i;
            }
        }
        return blocks.toString();
    }
}
