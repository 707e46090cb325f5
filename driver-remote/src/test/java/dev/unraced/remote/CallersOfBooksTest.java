// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.driver.CallerLosses;
import dev.unraced.remote.v1.Books;
import dev.unraced.remote.wire.BooksCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that losses by caller reach a subscriber. */
class CallersOfBooksTest {
    private static final CallerLosses NOBODY = new CallerLosses(4_294_967_294L, 1L << 40, 9);
    private static final CallerLosses ROOT = new CallerLosses(0, 1, 5);

    private static Books books(CallerLosses... heaviest) {
        return Books.newBuilder()
                .addAllHeaviest(BooksCodec.encode(List.of(heaviest)))
                .build();
    }

    @Test
    void theyTravelAsTheyAre() {
        assertThat(BooksCodec.callers(books(NOBODY, ROOT).getHeaviestList())).containsExactly(NOBODY, ROOT);
    }

    @Test
    void thoseOfAServerThatIsGoneStay() {
        Tally tally = new Tally();
        tally.fold(books(ROOT), 0, Books.getDefaultInstance());

        assertThat(tally.total(books(NOBODY, ROOT), 0, 0).heaviest())
                .containsExactly(new CallerLosses(0, 1, 10), NOBODY);
    }
}
