// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdSpaceTest {
    @Test
    void goesRoundBeforeItGivesAnIdOutAgain() {
        IdSpace ids = new IdSpace(303);

        assertThat(ids.take()).isEqualTo(300);
        ids.giveBack(300);
        assertThat(ids.take()).isEqualTo(301);
        assertThat(ids.take()).isEqualTo(302);
        assertThat(ids.take()).isEqualTo(300);
    }

    @Test
    void passesOverIdsInUse() {
        IdSpace ids = new IdSpace(303);
        ids.take();
        ids.take();
        ids.take();
        ids.giveBack(301);

        assertThat(ids.take()).isEqualTo(301);
    }
}
