// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.SplittableRandom;

/** Chooses the thread of the highest priority that can run; priorities are random and fall at random points. */
final class PriorityChooser implements Chooser {
    private final int[] priorities;
    /** The steps, from 0, before which the thread that would run falls back. */
    private final int[] changes;

    private int steps;

    PriorityChooser(long seed, int threads, int changePoints, int usualSteps) {
        SplittableRandom random = new SplittableRandom(seed);
        priorities = new int[threads];
        for (int i = 0; i < threads; i++) {
            int j = random.nextInt(i + 1);
            priorities[i] = priorities[j];
            priorities[j] = i + 1;
        }
        changes = new int[changePoints];
        for (int i = 0; i < changePoints; i++) {
            changes[i] = random.nextInt(Math.max(usualSteps, 1));
        }
    }

    @Override
    public int next(World world) {
        int thread = highest(world);
        for (int i = 0; i < changes.length && thread >= 0; i++) {
            if (changes[i] == steps) {
                priorities[thread] = -i;
                thread = highest(world);
            }
        }
        steps++;
        return thread;
    }

    private int highest(World world) {
        int best = -1;
        for (int thread = 0; thread < priorities.length; thread++) {
            if (world.isEnabled(thread) && (best < 0 || priorities[thread] > priorities[best])) {
                best = thread;
            }
        }
        return best;
    }
}
