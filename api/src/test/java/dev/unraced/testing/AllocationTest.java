// SPDX-License-Identifier: Apache-2.0
package dev.unraced.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Checks that the meter sees an allocation; otherwise every test that uses it proves nothing. */
class AllocationTest {
    private volatile Object sink = this;

    @Test
    void seesAnAllocation() {
        assertThatThrownBy(() -> Allocation.assertNone(() -> sink = new byte[1]))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void seesNothingWhereThereIsNothing() {
        Allocation.assertNone(() -> sink = this);
    }
}
