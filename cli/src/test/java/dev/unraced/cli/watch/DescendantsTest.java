// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which processes descend from another one. */
class DescendantsTest {
    private final Descendants descendants = new Descendants(Set.of(500));

    @Test
    void whoForksDecidesAndIdsCanComeAgain() {
        alive(500, 1);
        fork(600, 500);
        fork(700, 600);
        fork(800, 1);
        assertThat(descendants.contains(500)).isTrue();
        assertThat(descendants.contains(700)).isTrue();
        assertThat(descendants.contains(800)).isFalse();
        fork(700, 1);
        assertThat(descendants.contains(700)).isFalse();
    }

    @Test
    void aChildThatWasThereCanHaveALowerIdThanItsParent() {
        alive(20, 30);
        alive(30, 500);
        alive(40, 1);
        alive(500, 1);
        alive(501, 20);
        for (int tgid : new int[] {20, 30, 500, 501}) {
            assertThat(descendants.contains(tgid)).as("process %d", tgid).isTrue();
        }
        assertThat(descendants.contains(40)).isFalse();
    }

    @Test
    void anIdThatCameAgainMeanwhileIsNoChild() {
        alive(20, 500);
        alive(21, 22);
        fork(20, 1);
        fork(22, 1);
        alive(500, 1);
        fork(22, 500);
        assertThat(descendants.contains(20)).isFalse();
        assertThat(descendants.contains(21)).isFalse();
        assertThat(descendants.contains(22)).isTrue();
    }

    private void alive(int tgid, int parent) {
        update(new ProcessEncoder().begin(ProcessView.Type.ALIVE, 1).process(tgid, tgid, 1, 1), parent);
    }

    private void fork(int tgid, int forker) {
        ProcessEncoder encoder = new ProcessEncoder().begin(ProcessView.Type.FORK, 1);
        update(encoder.process(tgid, tgid, 1, 1).forker(forker, 1), forker);
    }

    private void update(ProcessEncoder encoder, int parent) {
        encoder.sequence(0, 1).parent(parent, 1).comm(new byte[] {'a'}).finish();
        descendants.update(new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot());
    }
}
