// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Spans of time and their overlaps. */
class WindowsTest {
    @Test
    void theyCountWhatOverlapsAsOneLookAtEachDoes() {
        SplittableRandom random = new SplittableRandom(1);
        Windows windows = new Windows();
        List<long[]> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            long begin = random.nextLong(1000);
            long[] window = {begin, begin + random.nextLong(20)};
            windows.add(window[0], window[1]);
            all.add(window);
        }
        for (long from = 0; from < 1000; from += 7) {
            long to = from + random.nextLong(30);
            long start = from;
            assertThat(windows.overlapping(from, to)).isEqualTo((int) all.stream()
                    .filter(each -> each[0] <= to && each[1] >= start)
                    .count());
        }
    }

    @Test
    void withoutAnyNothingOverlaps() {
        assertThat(new Windows().overlapping(0, Long.MAX_VALUE - 1)).isZero();
    }
}
