// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OutstandingTest {
    /** Returns how many numbers are given up while these come, each one by way of the store's text. */
    private static long lost(LongStream numbers) {
        long[] lost = new long[1];
        String[] table = {""};
        numbers.forEach(number -> {
            Outstanding after = Outstanding.of(table[0]).with(number);
            lost[0] += after.justLost();
            table[0] = after.toText();
        });
        return lost[0];
    }

    @Test
    void nothingIsLostWhereAllComeInAnyOrder() {
        assertThat(lost(LongStream.range(0, 30_000).map(i -> 1 + (i ^ 7)))).isZero();
    }

    @Test
    void aNumberThatNeverComesIsLostOnce() {
        assertThat(lost(LongStream.range(1, 30_000).filter(i -> i != 5 && i != 600)))
                .isEqualTo(2);
    }

    @Test
    void aLongGapCountsWhole() {
        assertThat(lost(LongStream.concat(LongStream.range(1, 10), LongStream.range(500_000, 520_000))))
                .isEqualTo(500_000 - 10);
    }

    @Test
    void aCaptureThatBeginsAnewIsNoLoss() {
        assertThat(lost(LongStream.concat(LongStream.range(1, 50_000), LongStream.range(1, 50_000))))
                .isZero();
        assertThat(lost(LongStream.range(1_000_000, 1_020_000)))
                .as("a stream that is joined late")
                .isZero();
    }
}
