// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.ArgStash.Put;
import org.junit.jupiter.api.Test;

class HashArgStashTest extends ArgStashContract {

    @Override
    protected ArgStash newStash(int capacity, int entryBytes) {
        return StashPolicy.HASH.newStash(capacity, entryBytes);
    }

    @Test
    void refusesANewcomerWhenFullAndKeepsTheRest() {
        fill();

        assertThat(put(9, "new")).isEqualTo(Put.REFUSED);

        assertThat(stash.stats())
                .isEqualTo(StashStats.builder()
                        .puts(CAPACITY)
                        .refused(1)
                        .live(CAPACITY)
                        .capacity(CAPACITY)
                        .build());
        for (int thread = 1; thread <= CAPACITY; thread++) {
            assertThat(take(thread)).isEqualTo(Integer.toString(thread));
        }
    }

    @Test
    void tellsARefusedCallWhenItReturnsAndOnlyOnce() {
        fill();
        put(9, "new");

        assertThat(takeCode(9, START, CALL)).isEqualTo(ArgStash.REFUSED);
        assertThat(takeCode(9, START, CALL)).isEqualTo(ArgStash.MISSING);
    }

    @Test
    void doesNotTellOfARefusalToAnotherCall() {
        fill();
        put(9, "new");
        assertThat(takeCode(9, START, CALL + 1)).isEqualTo(ArgStash.MISSING);

        put(9, "new");
        assertThat(takeCode(9, START + 1, CALL)).isEqualTo(ArgStash.MISSING);

        assertThat(stash.stats().stale()).isZero();
    }

    @Test
    void forgetsARefusalWhenTheNextCallIsStored() {
        fill();
        put(9, "refused");
        take(1);

        assertThat(put(9, "stored")).isEqualTo(Put.STORED);
        assertThat(take(9)).isEqualTo("stored");
        assertThat(takeCode(9, START, CALL)).isEqualTo(ArgStash.MISSING);
    }

    @Test
    void forgetsARefusalWhenTheThreadEnds() {
        fill();
        put(9, "refused");

        assertThat(stash.discard(9)).isFalse();
        assertThat(takeCode(9, START, CALL)).isEqualTo(ArgStash.MISSING);
        assertThat(stash.stats().reclaimed()).isZero();
    }

    @Test
    void forgetsRefusalsWhenCleared() {
        fill();
        put(9, "refused");

        stash.clear();

        assertThat(takeCode(9, START, CALL)).isEqualTo(ArgStash.MISSING);
    }

    @Test
    void remembersTheLatestRefusals() {
        fill();
        for (int thread = 10; thread < 11 + BoundedArgStash.LEAST_REMEMBERED; thread++) {
            put(thread, "refused");
        }

        assertThat(takeCode(10, START, CALL)).isEqualTo(ArgStash.MISSING);
        for (int thread = 11; thread < 11 + BoundedArgStash.LEAST_REMEMBERED; thread++) {
            assertThat(takeCode(thread, START, CALL)).isEqualTo(ArgStash.REFUSED);
        }
    }
}
