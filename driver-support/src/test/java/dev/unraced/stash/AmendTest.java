// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.StashStats;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks entries that change while their call runs. */
class AmendTest {
    private static final int SIZE = 8;

    @ParameterizedTest
    @EnumSource
    void anAmendedEntryHasTheNewBytesAndTheStatisticsDoNotChange(StashPolicy policy) {
        ArgStash stash = policy.newStash(2, SIZE);
        stash.put(1, 10, 257, bytes(1, 2));
        StashStats before = stash.stats();

        assertThat(stash.amend(1, 10, 257, bytes(3, 4, 5))).isTrue();

        assertThat(stash.stats()).isEqualTo(before);
        ByteBuffer target = ByteBuffer.allocate(SIZE);
        assertThat(stash.take(1, 10, 257, target)).isEqualTo(3);
        assertThat(target.flip()).isEqualTo(bytes(3, 4, 5));
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheCallItselfIsAmended(StashPolicy policy) {
        ArgStash stash = policy.newStash(2, SIZE);
        stash.put(1, 10, 257, bytes(1));

        assertThat(stash.amend(1, 11, 257, bytes(2)))
                .as("another thread of the id")
                .isFalse();
        assertThat(stash.amend(1, 10, 2, bytes(2))).as("another call").isFalse();
        assertThat(stash.amend(2, 10, 257, bytes(2)))
                .as("a thread without an entry")
                .isFalse();

        ByteBuffer target = ByteBuffer.allocate(SIZE);
        stash.take(1, 10, 257, target);
        assertThat(target.flip()).isEqualTo(bytes(1));
    }

    @ParameterizedTest
    @EnumSource
    void moreBytesThanFitAreRefused(StashPolicy policy) {
        ArgStash stash = policy.newStash(1, SIZE);
        stash.put(1, 10, 257, bytes(1));
        assertThatThrownBy(() -> stash.amend(1, 10, 257, ByteBuffer.allocate(SIZE + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }
}
