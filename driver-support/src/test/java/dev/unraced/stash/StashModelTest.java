// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that random operations on a stash and on its model agree, step by step. */
class StashModelTest {
    private static final int ENTRY_BYTES = 24;

    static Stream<Arguments> cases() {
        return Stream.of(StashPolicy.values())
                .flatMap(policy -> Stream.of(1, 2, 3, 16, 100).map(capacity -> Arguments.of(policy, capacity)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheModel(StashPolicy policy, int capacity) {
        ArgStash stash = policy == StashPolicy.HASH
                ? new HashArgStash(capacity, ENTRY_BYTES, ModelCheck.SEED)
                : new LruArgStash(capacity, ENTRY_BYTES, ModelCheck.SEED);
        ModelCheck.run(stash, policy);
    }
}
