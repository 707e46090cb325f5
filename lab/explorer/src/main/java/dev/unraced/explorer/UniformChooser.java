// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.SplittableRandom;

/** Chooses any of the threads that can run, all equally likely. */
final class UniformChooser implements Chooser {
    private final SplittableRandom random;
    private final int[] enabled;

    UniformChooser(long seed, int threads) {
        random = new SplittableRandom(seed);
        enabled = new int[threads];
    }

    @Override
    public int next(World world) {
        int count = 0;
        for (int thread = 0; thread < enabled.length; thread++) {
            if (world.isEnabled(thread)) {
                enabled[count++] = thread;
            }
        }
        return count == 0 ? -1 : enabled[random.nextInt(count)];
    }
}
