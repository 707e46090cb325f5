// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import java.util.stream.LongStream;

/** Thread keys that an attacker would choose, if the seed were known. */
final class CollidingKeys {

    private CollidingKeys() {}

    /** Returns keys whose search starts in the same bucket of a table. */
    static long[] of(int count, long seed, int buckets, int bucket) {
        return LongStream.iterate(1, key -> key + 1)
                .filter(key -> (ThreadTable.hash(key ^ seed) & (buckets - 1)) == bucket)
                .limit(count)
                .toArray();
    }
}
