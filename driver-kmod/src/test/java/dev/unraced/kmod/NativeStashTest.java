// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.ArgStash.Put;
import dev.unraced.stash.LruStashContract;
import dev.unraced.stash.ModelCheck;
import dev.unraced.stash.StashPolicy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the module's stash keeps the contract of every stash. */
class NativeStashTest extends LruStashContract {
    private static final int SHORT = 16;
    private static final int LONG = 64;
    private static final int CALL = 257;

    @Override
    protected ArgStash newStash(int capacity, int entryBytes) {
        return new NativeStash(capacity, entryBytes, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 100})
    void agreesWithTheModel(int capacity) {
        ModelCheck.run(new NativeStash(capacity, 24, ModelCheck.SEED), StashPolicy.LRU);
    }

    /** There are enough blocks for all entries, so blocks change nothing but where the bytes lie. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 100})
    void agreesWithTheModelWhenLongEntriesAreDivided(int capacity) {
        ModelCheck.run(
                new NativeStash(capacity, 24, new NativeStash.Shape(capacity, 7, 1), ModelCheck.SEED), StashPolicy.LRU);
    }

    @Test
    void aLongEntryGivesUpTheOldestLongOneWhenBlocksAreShort() {
        ArgStash stash = new NativeStash(8, LONG, new NativeStash.Shape(2, SHORT, 1), 1);
        put(stash, 1, SHORT);
        put(stash, 2, LONG);
        put(stash, 3, SHORT + 1);

        assertThat(put(stash, 4, LONG)).isEqualTo(Put.EVICTED);

        assertThat(take(stash, 2)).isEqualTo(ArgStash.EVICTED);
        for (int thread : new int[] {1, 3, 4}) {
            assertThat(take(stash, thread)).isPositive();
        }
        assertThat(stash.stats())
                .isEqualTo(StashStats.builder()
                        .puts(4)
                        .takes(3)
                        .evicted(1)
                        .capacity(8)
                        .build());
    }

    @Test
    void aBlockIsFreeAgainWhateverBecameOfItsEntry() {
        ArgStash stash = new NativeStash(4, LONG, new NativeStash.Shape(1, SHORT, 1), 1);
        for (int round = 0; round < 10; round++) {
            assertThat(put(stash, 1, LONG)).isEqualTo(Put.STORED);
            assertThat(take(stash, 1)).isEqualTo(LONG);
            assertThat(put(stash, 2, LONG)).isEqualTo(Put.STORED);
            assertThat(stash.discard(2)).isTrue();
            assertThat(put(stash, 3, LONG)).isEqualTo(Put.STORED);
            assertThat(put(stash, 3, SHORT)).isEqualTo(Put.REPLACED);
            assertThat(put(stash, 4, LONG)).isEqualTo(Put.STORED);
            stash.clear();
        }
        assertThat(stash.stats().evicted()).isZero();
        assertThat(stash.stats().imbalance()).isZero();
    }

    @Test
    void shardsShareTheCapacityAndKeepTheStatistics() {
        int capacity = 4096;
        ArgStash stash = new NativeStash(capacity, SHORT, new NativeStash.Shape(0, SHORT, 16), 1);
        for (int thread = 0; thread < 3 * capacity; thread++) {
            put(stash, thread, SHORT);
        }

        StashStats full = stash.stats();
        assertThat(full.capacity()).isEqualTo(capacity);
        assertThat(full.live()).isEqualTo(capacity);
        assertThat(full.evicted()).isEqualTo(2L * capacity);
        stash.clear();
        assertThat(stash.stats().live()).isZero();
        assertThat(stash.stats().imbalance()).isZero();
    }

    @Test
    void whoLooksWithinACallLeavesTheReasonToTheReturn() {
        NativeStash stash = new NativeStash(1, SHORT, 1);
        put(stash, 1, SHORT);
        put(stash, 2, SHORT);
        ByteBuffer target = ByteBuffer.allocate(LONG);

        assertThat(stash.takeHeld(1, 0, CALL, target)).as("evicted").isEqualTo(ArgStash.MISSING);
        assertThat(stash.takeHeld(2, 1, CALL, target))
                .as("another thread of the id")
                .isEqualTo(ArgStash.MISSING);
        assertThat(take(stash, 1)).isEqualTo(ArgStash.EVICTED);
        assertThat(stash.takeHeld(2, 0, CALL, target)).isEqualTo(SHORT);
        assertThat(target.flip().get(0)).isEqualTo((byte) 2);
        assertThat(stash.stats())
                .isEqualTo(StashStats.builder()
                        .puts(2)
                        .takes(1)
                        .evicted(1)
                        .capacity(1)
                        .build());
    }

    private static Put put(ArgStash stash, long thread, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) thread);
        return stash.put(thread, 0, CALL, ByteBuffer.wrap(bytes));
    }

    /** Returns the length or the code, and checks that all bytes belong to the thread. */
    private static int take(ArgStash stash, long thread) {
        ByteBuffer target = ByteBuffer.allocate(LONG);
        int length = stash.take(thread, 0, CALL, target);
        for (int at = 0; at < length; at++) {
            assertThat(target.get(at)).isEqualTo((byte) thread);
        }
        return length;
    }
}
