// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.ArgStash.Put;
import dev.unraced.testing.Allocation;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every stash, whatever its policy when full. */
public abstract class ArgStashContract {
    static final int CAPACITY = 4;
    static final int ENTRY_BYTES = 16;
    static final long START = 1_000;
    static final int CALL = 257;

    ArgStash stash;

    /** Returns a new stash for one test. */
    protected abstract ArgStash newStash(int capacity, int entryBytes);

    @BeforeEach
    void open() {
        stash = newStash(CAPACITY, ENTRY_BYTES);
    }

    @AfterEach
    void statisticsBalance() {
        assertThat(stash.stats().imbalance()).isZero();
    }

    @Test
    void saysItsSize() {
        assertThat(stash.capacity()).isEqualTo(CAPACITY);
        assertThat(stash.entryBytes()).isEqualTo(ENTRY_BYTES);
        assertThat(stash.stats())
                .isEqualTo(StashStats.builder().capacity(CAPACITY).build());
    }

    @Test
    void givesOutWhatWasPutAndOnlyOnce() {
        assertThat(put(7, "/etc/passwd")).isEqualTo(Put.STORED);
        assertThat(stash.stats().live()).isOne();

        assertThat(take(7)).isEqualTo("/etc/passwd");
        assertThat(takeCode(7, START, CALL)).isEqualTo(ArgStash.MISSING);
        assertThat(stash.stats())
                .isEqualTo(
                        StashStats.builder().puts(1).takes(1).capacity(CAPACITY).build());
    }

    @Test
    void leavesTheSourceAloneAndReadsBetweenPositionAndLimit() {
        ByteBuffer source = utf8("--path--").position(2).limit(6);

        stash.put(7, START, CALL, source);

        assertThat(source.position()).isEqualTo(2);
        assertThat(source.limit()).isEqualTo(6);
        assertThat(take(7)).isEqualTo("path");
    }

    @Test
    void copiesAtPutSoThatALaterWriteChangesNothing() {
        ByteBuffer source = utf8("safe");
        stash.put(7, START, CALL, source);

        source.put(0, (byte) 'X');

        assertThat(take(7)).isEqualTo("safe");
    }

    @Test
    void advancesTheTargetByTheBytesOfTheEntry() {
        put(7, "abc");
        ByteBuffer target = ByteBuffer.allocate(10).position(4);

        assertThat(stash.take(7, START, CALL, target)).isEqualTo(3);
        assertThat(target.position()).isEqualTo(7);
        assertThat(target.get(4)).isEqualTo((byte) 'a');
        assertThat(target.get(3)).isZero();
        assertThat(target.get(7)).isZero();
    }

    @Test
    void worksWithDirectAndReadOnlyBuffers() {
        ByteBuffer direct = ByteBuffer.allocateDirect(3).put(0, (byte) 'x');
        stash.put(7, START, CALL, direct.asReadOnlyBuffer());
        ByteBuffer target = ByteBuffer.allocateDirect(3);

        assertThat(stash.take(7, START, CALL, target)).isEqualTo(3);
        assertThat(target.get(0)).isEqualTo((byte) 'x');
    }

    @Test
    void keepsEmptyAndFullEntries() {
        put(7, "");
        put(8, "0123456789abcdef");

        assertThat(take(7)).isEmpty();
        assertThat(take(8)).isEqualTo("0123456789abcdef");
    }

    @Test
    void refusesMoreBytesThanAnEntryHolds() {
        assertThatThrownBy(() -> put(7, "0123456789abcdefg"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("17")
                .hasMessageContaining("16");
        assertThat(stash.stats().puts()).isZero();
    }

    @Test
    void anEntryThatDoesNotFitTheTargetStays() {
        put(7, "abc");
        ByteBuffer small = ByteBuffer.allocate(2);

        assertThatThrownBy(() -> stash.take(7, START, CALL, small)).isInstanceOf(BufferOverflowException.class);
        assertThat(small.position()).isZero();
        assertThat(take(7)).isEqualTo("abc");
    }

    @Test
    void anEntryStaysWhenTheTargetIsReadOnly() {
        put(7, "abc");
        ByteBuffer target = ByteBuffer.allocate(3).asReadOnlyBuffer();

        assertThatThrownBy(() -> stash.take(7, START, CALL, target)).isInstanceOf(ReadOnlyBufferException.class);
        assertThat(take(7)).isEqualTo("abc");
    }

    @Test
    void anEntryOfAnEarlierThreadWithTheSameIdIsStale() {
        put(7, "old");

        assertThat(takeCode(7, START + 1, CALL)).isEqualTo(ArgStash.STALE);
        assertThat(takeCode(7, START, CALL)).isEqualTo(ArgStash.MISSING);
        assertThat(stash.stats())
                .isEqualTo(
                        StashStats.builder().puts(1).stale(1).capacity(CAPACITY).build());
    }

    @Test
    void anEntryOfAnotherCallIsStaleEvenWhenItWouldNotFit() {
        put(7, "old");
        ByteBuffer none = ByteBuffer.allocate(0);

        assertThat(stash.take(7, START, CALL + 1, none)).isEqualTo(ArgStash.STALE);
        assertThat(stash.stats().live()).isZero();
    }

    @Test
    void aSecondPutReplacesTheFirst() {
        put(7, "first");

        assertThat(put(7, "second")).isEqualTo(Put.REPLACED);
        assertThat(take(7)).isEqualTo("second");
        assertThat(stash.stats())
                .isEqualTo(StashStats.builder()
                        .puts(2)
                        .takes(1)
                        .stale(1)
                        .capacity(CAPACITY)
                        .build());
    }

    @Test
    void aSecondPutReplacesTheFirstInAFullStashToo() {
        fill();

        assertThat(put(2, "again")).isEqualTo(Put.REPLACED);
        assertThat(take(2)).isEqualTo("again");
        assertThat(stash.stats().evicted()).isZero();
        assertThat(stash.stats().refused()).isZero();
    }

    @Test
    void theEntryOfAnEndedThreadIsReclaimed() {
        put(7, "abc");

        assertThat(stash.discard(7)).isTrue();
        assertThat(stash.discard(7)).isFalse();
        assertThat(takeCode(7, START, CALL)).isEqualTo(ArgStash.MISSING);
        assertThat(stash.stats())
                .isEqualTo(StashStats.builder()
                        .puts(1)
                        .reclaimed(1)
                        .capacity(CAPACITY)
                        .build());
    }

    @Test
    void clearReclaimsAllAndTheStashGoesOn() {
        fill();

        stash.clear();
        assertThat(stash.stats())
                .isEqualTo(StashStats.builder()
                        .puts(CAPACITY)
                        .reclaimed(CAPACITY)
                        .capacity(CAPACITY)
                        .build());

        fill();
        assertThat(stash.stats().live()).isEqualTo(CAPACITY);
        assertThat(take(1)).isEqualTo("1");
    }

    @Test
    void anyThreadKeyWillDo() {
        for (long key : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(put(key, Long.toString(key, 36))).isEqualTo(Put.STORED);
        }
        for (long key : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(take(key)).isEqualTo(Long.toString(key, 36));
        }
    }

    @Test
    void aStashOfOneEntryWorks() {
        stash = newStash(1, 1);

        assertThat(put(1, "a")).isEqualTo(Put.STORED);
        assertThat(take(1)).isEqualTo("a");
        assertThat(put(2, "b")).isEqualTo(Put.STORED);
        assertThat(put(3, "c")).isIn(Put.EVICTED, Put.REFUSED);
        assertThat(stash.stats().live()).isOne();
    }

    @Test
    void sizesThatCannotBeAreRefusedByName() {
        assertThatThrownBy(() -> newStash(0, 16)).hasMessageContaining("capacity");
        assertThatThrownBy(() -> newStash(-1, 16)).hasMessageContaining("capacity");
        assertThatThrownBy(() -> newStash(16, 0)).hasMessageContaining("entryBytes");
        assertThatThrownBy(() -> newStash(1 << 20, 4096))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity 1048576")
                .hasMessageContaining("entryBytes 4096")
                .hasMessageContaining("4294967296");
        assertThatThrownBy(() -> newStash(Integer.MAX_VALUE, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void allocatesNothingPerCall() {
        ByteBuffer source = utf8("/etc/passwd");
        ByteBuffer target = ByteBuffer.allocate(ENTRY_BYTES);
        fill();

        Allocation.assertNone(() -> {
            stash.put(1, START, CALL, source);
            stash.take(1, START, CALL, target.clear());
            stash.put(1, START, CALL, source);
            stash.put(9, START, CALL, source);
            stash.take(9, START, CALL, target.clear());
            stash.take(2, START, CALL, target.clear());
            stash.put(2, START, CALL, source);
            stash.take(2, START + 1, CALL, target.clear());
            stash.put(2, START, CALL, source);
            stash.discard(2);
            stash.put(2, START, CALL, source);
        });
    }

    /** Puts an entry for each of the threads 1 to {@link #CAPACITY}, with the thread's number as its bytes. */
    final void fill() {
        for (int thread = 1; thread <= CAPACITY; thread++) {
            assertThat(put(thread, Integer.toString(thread))).isEqualTo(Put.STORED);
        }
    }

    final Put put(long thread, String bytes) {
        return stash.put(thread, START, CALL, utf8(bytes));
    }

    final String take(long thread) {
        ByteBuffer target = ByteBuffer.allocate(ENTRY_BYTES);
        int length = stash.take(thread, START, CALL, target);
        assertThat(length)
                .as("length of the entry of %d", thread)
                .isNotNegative()
                .isEqualTo(target.position());
        return new String(target.array(), 0, length, StandardCharsets.UTF_8);
    }

    final int takeCode(long thread, long startNanos, int call) {
        return stash.take(thread, startNanos, call, ByteBuffer.allocate(ENTRY_BYTES));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
