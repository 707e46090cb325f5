// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.ArgStash.Put;
import org.junit.jupiter.api.Test;

/** The contract of a stash that evicts its oldest entry when it is full. */
public abstract class LruStashContract extends ArgStashContract {

    @Test
    void evictsTheOldestWhenFull() {
        fill();

        assertThat(put(9, "new")).isEqualTo(Put.EVICTED);

        assertThat(stash.stats())
                .isEqualTo(StashStats.builder()
                        .puts(CAPACITY + 1)
                        .evicted(1)
                        .live(CAPACITY)
                        .capacity(CAPACITY)
                        .build());
        assertThat(take(9)).isEqualTo("new");
        for (int thread = 2; thread <= CAPACITY; thread++) {
            assertThat(take(thread)).isEqualTo(Integer.toString(thread));
        }
    }

    @Test
    void aReplacedEntryIsTheNewest() {
        fill();
        put(1, "again");

        put(9, "new");

        assertThat(take(1)).isEqualTo("again");
        assertThat(takeCode(2, START, CALL)).isEqualTo(ArgStash.EVICTED);
    }

    @Test
    void tellsAnEvictedCallWhenItReturnsAndOnlyOnce() {
        fill();
        put(9, "new");

        assertThat(takeCode(1, START, CALL)).isEqualTo(ArgStash.EVICTED);
        assertThat(takeCode(1, START, CALL)).isEqualTo(ArgStash.MISSING);
    }

    @Test
    void doesNotTellOfAnEvictionToAnotherCall() {
        fill();
        put(8, "new");
        put(9, "new");

        assertThat(takeCode(1, START + 1, CALL)).isEqualTo(ArgStash.MISSING);
        assertThat(takeCode(2, START, CALL + 1)).isEqualTo(ArgStash.MISSING);
        assertThat(stash.stats().stale()).isZero();
    }

    @Test
    void anEvictedThreadThatPutsAgainIsAnOrdinaryThread() {
        fill();
        put(9, "new");

        assertThat(put(1, "back")).isEqualTo(Put.EVICTED);
        assertThat(take(1)).isEqualTo("back");
        assertThat(takeCode(1, START, CALL)).isEqualTo(ArgStash.MISSING);
    }

    @Test
    void forgetsAnEvictionWhenTheThreadEndsOrTheStashIsCleared() {
        fill();
        put(8, "new");
        put(9, "new");

        assertThat(stash.discard(1)).isFalse();
        assertThat(takeCode(1, START, CALL)).isEqualTo(ArgStash.MISSING);
        stash.clear();
        assertThat(takeCode(2, START, CALL)).isEqualTo(ArgStash.MISSING);
    }

    @Test
    void remembersTheLatestEvictions() {
        fill();
        int remembered = BoundedArgStash.LEAST_REMEMBERED;
        for (int thread = 10; thread < 11 + remembered; thread++) {
            put(thread, "new");
        }

        assertThat(takeCode(1, START, CALL)).isEqualTo(ArgStash.MISSING);
        for (int thread = 2; thread <= CAPACITY; thread++) {
            assertThat(takeCode(thread, START, CALL)).isEqualTo(ArgStash.EVICTED);
        }
        assertThat(takeCode(10, START, CALL)).isEqualTo(ArgStash.EVICTED);
    }
}
