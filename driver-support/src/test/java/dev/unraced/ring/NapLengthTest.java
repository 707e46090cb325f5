// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NapLengthTest {
    private static final long LARGE = 32 << 20;

    @Test
    void aSteadyLoadIsReadInLongerNaps() {
        NapLength naps = new NapLength(LARGE);
        assertThat(naps.nanos()).isEqualTo(NapLength.SHORTEST_NANOS);

        naps.found(1);
        assertThat(naps.nanos()).isEqualTo(2 * NapLength.SHORTEST_NANOS);

        for (int i = 0; i < 100; i++) {
            naps.found(1);
        }
        assertThat(naps.nanos()).isEqualTo(NapLength.LONGEST_NANOS);
    }

    @Test
    void anEmptyNapMakesTheNextOneShort() {
        NapLength naps = new NapLength(LARGE);
        naps.found(1);

        naps.found(2);

        assertThat(naps.nanos()).isEqualTo(NapLength.SHORTEST_NANOS);
    }

    @Test
    void eventsThatWereThereAtOnceChangeNothing() {
        NapLength naps = new NapLength(LARGE);
        naps.found(1);

        naps.found(0);

        assertThat(naps.nanos()).isEqualTo(2 * NapLength.SHORTEST_NANOS);
    }

    @Test
    void aSmallRingHasShortNaps() {
        NapLength naps = new NapLength(1 << 16);

        naps.found(1);

        assertThat(naps.nanos()).isEqualTo(NapLength.SHORTEST_NANOS);
    }
}
