// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.protocol.v1.Cursor;
import org.junit.jupiter.api.Test;

class SequenceRenumbererTest {

    @Test
    void whatIsLeftOutTakesNoNumber() {
        SequenceRenumberer numbers = new SequenceRenumberer(true);
        assertThat(numbers.of(0, 1)).isEqualTo(1);
        numbers.leaveOut(0, 2);
        numbers.leaveOut(0, 3);
        assertThat(numbers.of(0, 4)).isEqualTo(2);
        assertThat(numbers.of(7, 1)).as("another source").isEqualTo(1);
    }

    @Test
    void whatIsLostLeavesAGap() {
        SequenceRenumberer numbers = new SequenceRenumberer(true);
        assertThat(numbers.of(0, 3)).as("two were lost before").isEqualTo(3);
        numbers.leaveOut(0, 4);
        assertThat(numbers.of(0, 9)).isEqualTo(8);
    }

    @Test
    void whoComesLaterBeginsAtOne() {
        SequenceRenumberer numbers = new SequenceRenumberer(false);
        assertThat(numbers.of(0, 1_000)).isEqualTo(1);
        assertThat(numbers.of(0, 1_002)).isEqualTo(3);
        numbers.leaveOut(1, 500);
        assertThat(numbers.of(1, 501)).isEqualTo(1);
    }

    @Test
    void aTokenTakesThemAlong() {
        SequenceRenumberer before = new SequenceRenumberer(false);
        before.of(0, 1_000);
        before.leaveOut(3, 1);
        before.of(5, 1);
        Cursor.Builder token = Cursor.newBuilder();
        before.write(token);

        SequenceRenumberer after = new SequenceRenumberer(false);
        after.read(token.build());

        assertThat(after.of(0, 1_001)).isEqualTo(2);
        assertThat(after.of(3, 2)).isEqualTo(1);
        assertThat(after.of(5, 101)).as("seen from its first event on").isEqualTo(101);
    }
}
