// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/** Checks that random operations on a stash and on its model agree, step by step. */
public final class ModelCheck {
    /** The seed for the stash under test, so that the keys here collide in it. */
    public static final long SEED = 20261124;

    private static final int OPERATIONS = 200_000;

    private ModelCheck() {}

    /** Checks a stash, which must be empty at the start. */
    public static void run(ArgStash stash, StashPolicy policy) {
        int capacity = stash.capacity();
        Random random = new Random(SEED + capacity);
        StashModel model = new StashModel(policy, capacity);
        long[] threads = hostileKeys(capacity);
        ByteBuffer target = ByteBuffer.allocate(stash.entryBytes());

        for (int step = 0; step < OPERATIONS; step++) {
            long thread = threads[random.nextInt(threads.length)];
            long start = random.nextInt(16) == 0 ? 1 : 0;
            int call = random.nextInt(16) == 0 ? 1 : 0;
            int dice = random.nextInt(2_000);
            if (dice == 0) {
                stash.clear();
                model.clear();
            } else if (dice < 100) {
                assertThat(stash.discard(thread)).isEqualTo(model.discard(thread));
            } else if (dice < 1_100) {
                byte[] bytes = new byte[random.nextInt(stash.entryBytes() + 1)];
                random.nextBytes(bytes);
                assertThat(stash.put(thread, start, call, ByteBuffer.wrap(bytes)))
                        .as("step %d", step)
                        .isEqualTo(model.put(thread, start, call, ByteString.copyOf(bytes)));
            } else {
                int code = stash.take(thread, start, call, target.clear());
                ByteString bytes = ByteString.copyOf(Arrays.copyOf(target.array(), target.position()));
                assertThat(new StashModel.Taken(code, bytes))
                        .as("step %d", step)
                        .isEqualTo(model.take(thread, start, call));
            }
            if (step % 97 == 0) {
                assertThat(stash.stats()).as("step %d", step).isEqualTo(model.stats());
            }
        }
        assertThat(stash.stats()).isEqualTo(model.stats());
        assertThat(stash.stats().imbalance()).isZero();
    }

    /** Returns keys of which half collide in the last bucket, so that probing also wraps around. */
    private static long[] hostileKeys(int capacity) {
        int buckets = Integer.highestOneBit(2 * capacity - 1) << 1;
        LongStream colliding = LongStream.of(CollidingKeys.of(capacity + 2, SEED, buckets, buckets - 1));
        LongStream ordinary = new Random(SEED).longs(capacity);
        LongStream corners = LongStream.of(0, -1, Long.MIN_VALUE, Long.MAX_VALUE, SEED);
        return LongStream.concat(LongStream.concat(colliding, ordinary), corners)
                .distinct()
                .toArray();
    }
}
