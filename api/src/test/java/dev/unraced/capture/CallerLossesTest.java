// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CallerLossesTest {

    @Test
    void countsOfOneCallerAreAddedUp() {
        List<CallerLosses> all =
                List.of(new CallerLosses(1, 1, 2), new CallerLosses(2, 1, 3), new CallerLosses(1, 1, 5));

        assertThat(CallerLosses.heaviest(all)).containsExactly(new CallerLosses(1, 1, 7), new CallerLosses(2, 1, 3));
    }

    @Test
    void whatHadBeenLostBeforeDoesNotCount() {
        List<CallerLosses> before = List.of(new CallerLosses(1, 1, 7), new CallerLosses(2, 1, 3));
        List<CallerLosses> now =
                List.of(new CallerLosses(1, 1, 7), new CallerLosses(2, 1, 5), new CallerLosses(3, 1, 4));

        assertThat(CallerLosses.since(before, now))
                .containsExactly(new CallerLosses(3, 1, 4), new CallerLosses(2, 1, 2));
    }

    @Test
    void whoWasNotNamedBeforeMayHaveLostAsMuchAsTheLeastThatWas() {
        List<CallerLosses> before = LongStream.rangeClosed(1, CallerLosses.MOST)
                .mapToObj(uid -> new CallerLosses(uid, 1, 20 - uid))
                .toList();

        assertThat(CallerLosses.since(before, List.of(new CallerLosses(99, 1, 15))))
                .containsExactly(new CallerLosses(99, 1, 5));
    }
}
