// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LineBudgetTest {
    @Test
    void aPeriodHasSoManyLinesAndTheNextOneAsManyAgain() {
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 50);
        LineBudget budget = new LineBudget(2, 100, clock::get);
        assertThat(budget.grant()).isTrue();
        assertThat(budget.grant()).isTrue();
        assertThat(budget.grant()).isFalse();
        clock.addAndGet(99);
        assertThat(budget.grant()).isFalse();
        clock.addAndGet(1);
        assertThat(budget.grant()).isTrue();
        assertThat(budget.grant()).isTrue();
        assertThat(budget.grant()).isFalse();
    }
}
