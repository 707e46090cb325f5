// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.driver.CallerLosses;
import dev.unraced.protocol.BooksCodec;
import dev.unraced.protocol.v1.Books;
import java.util.List;
import org.junit.jupiter.api.Test;

class CumulativeStatsTest {
    private static final CallerLosses NOBODY = new CallerLosses(4_294_967_294L, 1L << 40, 9);
    private static final CallerLosses ROOT = new CallerLosses(0, 1, 5);

    private static Books books(CallerLosses... heaviest) {
        return Books.newBuilder()
                .addAllHeaviest(BooksCodec.encode(List.of(heaviest)))
                .build();
    }

    @Test
    void lossesByCallerOfAServerThatIsGoneStay() {
        CumulativeStats cumulative = new CumulativeStats();
        cumulative.fold(books(ROOT), 0, Books.getDefaultInstance());

        assertThat(cumulative.total(books(NOBODY, ROOT), 0, 0).heaviest())
                .containsExactly(new CallerLosses(0, 1, 10), NOBODY);
    }
}
