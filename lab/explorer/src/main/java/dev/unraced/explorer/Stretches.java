// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A schedule as stretches of steps of one thread. */
final class Stretches {
    private final List<int[]> all;

    private Stretches(List<int[]> all) {
        this.all = all;
    }

    static Stretches of(Schedule schedule) {
        List<int[]> all = new ArrayList<>();
        for (int i = 0; i < schedule.length(); ) {
            int thread = schedule.thread(i);
            int start = i;
            while (i < schedule.length() && schedule.thread(i) == thread) {
                i++;
            }
            int[] stretch = new int[i - start];
            Arrays.fill(stretch, thread);
            all.add(stretch);
        }
        return new Stretches(all);
    }

    int count() {
        return all.size();
    }

    int thread(int stretch) {
        return all.get(stretch)[0];
    }

    /** Returns the schedule without some stretches. */
    Schedule without(int first, int count) {
        List<int[]> rest = new ArrayList<>(all);
        rest.subList(first, first + count).clear();
        return join(rest);
    }

    /** Returns the schedule with one stretch moved behind another. */
    Schedule moved(int from, int to) {
        List<int[]> moved = new ArrayList<>(all);
        int[] stretch = moved.remove(from);
        moved.add(to < from ? to + 1 : to, stretch);
        return join(moved);
    }

    private static Schedule join(List<int[]> stretches) {
        return Schedule.of(stretches.stream().flatMapToInt(Arrays::stream).toArray());
    }
}
