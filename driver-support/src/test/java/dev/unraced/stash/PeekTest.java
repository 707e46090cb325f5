// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.StashStats;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks looking at an entry while its call runs. */
class PeekTest {
    private static final int SIZE = 8;
    private static final int CALL = 257;

    @ParameterizedTest
    @EnumSource
    void anEntryThatWasLookedAtIsStillThere(StashPolicy policy) {
        ArgStash stash = policy.newStash(2, SIZE);
        stash.put(1, 10, CALL, bytes(1, 2));
        StashStats before = stash.stats();

        for (int i = 0; i < 3; i++) {
            ByteBuffer target = ByteBuffer.allocate(SIZE);
            assertThat(stash.peek(1, 10, CALL, target)).isEqualTo(2);
            assertThat(target.flip()).isEqualTo(bytes(1, 2));
        }

        assertThat(stash.stats()).isEqualTo(before);
        assertThat(stash.take(1, 10, CALL, ByteBuffer.allocate(SIZE))).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void anEntryOfAnotherCallIsStaleAndStays(StashPolicy policy) {
        ArgStash stash = policy.newStash(2, SIZE);
        stash.put(1, 10, CALL, bytes(1));
        ByteBuffer target = ByteBuffer.allocate(SIZE);

        assertThat(stash.peek(1, 11, CALL, target)).isEqualTo(ArgStash.STALE);
        assertThat(stash.peek(1, 10, 2, target)).isEqualTo(ArgStash.STALE);
        assertThat(stash.peek(2, 10, CALL, target)).isEqualTo(ArgStash.MISSING);

        assertThat(target.position()).isZero();
        assertThat(stash.stats().stale()).isZero();
        assertThat(stash.take(1, 10, CALL, target)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whyACallHasNoEntryCanBeAskedTwice(StashPolicy policy) {
        ArgStash stash = policy.newStash(1, SIZE);
        stash.put(1, 10, CALL, bytes(1));
        stash.put(2, 20, CALL, bytes(2));
        boolean refuses = policy == StashPolicy.HASH;
        long gone = refuses ? 2 : 1;
        int why = refuses ? ArgStash.REFUSED : ArgStash.EVICTED;
        ByteBuffer target = ByteBuffer.allocate(SIZE);

        assertThat(stash.peek(gone, gone * 10, CALL, target)).isEqualTo(why);
        assertThat(stash.peek(gone, gone * 10 + 1, CALL, target))
                .as("another thread of the id")
                .isEqualTo(ArgStash.MISSING);
        assertThat(stash.peek(gone, gone * 10, CALL, target)).isEqualTo(why);

        assertThat(stash.take(gone, gone * 10, CALL, target)).isEqualTo(why);
        assertThat(stash.peek(gone, gone * 10, CALL, target)).isEqualTo(ArgStash.MISSING);
    }

    @Test
    void moreBytesThanThereIsRoomForAreRefused() {
        ArgStash stash = StashPolicy.HASH.newStash(1, SIZE);
        stash.put(1, 10, CALL, bytes(1, 2, 3));
        ByteBuffer small = ByteBuffer.allocate(2);

        assertThatThrownBy(() -> stash.peek(1, 10, CALL, small)).isInstanceOf(BufferOverflowException.class);

        assertThat(small.position()).isZero();
        assertThat(stash.take(1, 10, CALL, ByteBuffer.allocate(SIZE))).isEqualTo(3);
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }
}
