// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ThreadTableTest {
    private static final int CAPACITY = 8;

    private final ThreadTable table = new ThreadTable(CAPACITY, 0);

    @Test
    void findsCollidingKeysAfterEveryOrderOfRemoval() {
        for (int bucket : new int[] {0, 5, 15}) {
            long[] keys = CollidingKeys.of(CAPACITY, 0, 16, bucket);
            for (int first = 0; first < CAPACITY; first++) {
                table.clear();
                for (long key : keys) {
                    table.add(key, key, 1);
                }
                for (int i = 0; i < CAPACITY; i++) {
                    long gone = keys[(first + i) % CAPACITY];
                    table.remove(table.find(gone));
                    assertThat(table.find(gone)).isEqualTo(ThreadTable.NONE);
                    for (int j = i + 1; j < CAPACITY; j++) {
                        long key = keys[(first + j) % CAPACITY];
                        assertThat(table.thread(table.find(key))).isEqualTo(key);
                    }
                }
            }
        }
    }

    @Test
    void keepsTheOrderOfArrivalThroughRemovals() {
        for (long key = 1; key <= 4; key++) {
            table.add(key, 0, 0);
        }
        table.remove(table.find(3));
        table.remove(table.find(1));
        table.remove(table.find(4));
        table.add(5, 0, 0);

        assertThat(table.thread(table.oldest())).isEqualTo(2);
        table.remove(table.oldest());
        assertThat(table.thread(table.oldest())).isEqualTo(5);
        table.remove(table.oldest());
        assertThat(table.oldest()).isEqualTo(ThreadTable.NONE);
        assertThat(table.size()).isZero();
    }

    @Test
    void everySlotIsUsedOnceBeforeTheTableIsFull() {
        boolean[] used = new boolean[CAPACITY];
        for (long key = 0; key < CAPACITY; key++) {
            assertThat(table.isFull()).isFalse();
            int slot = table.add(key, 0, 0);
            assertThat(used[slot]).isFalse();
            used[slot] = true;
        }
        assertThat(table.isFull()).isTrue();
    }

    @Test
    void refusesImpossibleCapacities() {
        assertThatThrownBy(() -> new ThreadTable(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ThreadTable(ThreadTable.MAX_CAPACITY + 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
