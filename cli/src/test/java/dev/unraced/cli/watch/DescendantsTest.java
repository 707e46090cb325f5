// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests which processes descend from another one. */
class DescendantsTest {
    private final Descendants descendants = new Descendants(Set.of(500));
    private long start = 1;
    private long forkerStart = 1;

    @Test
    void whoForksDecidesAndIdsCanComeAgain() {
        alive(500, 1);
        fork(600, 500);
        fork(700, 600);
        fork(800, 1);
        assertThat(isKnown(500)).isTrue();
        assertThat(isKnown(700)).isTrue();
        assertThat(isKnown(800)).isFalse();
        fork(700, 1);
        assertThat(isKnown(700)).isFalse();
    }

    @Test
    void aChildThatWasThereCanHaveALowerIdThanItsParent() {
        alive(20, 30);
        alive(30, 500);
        alive(40, 1);
        alive(500, 1);
        alive(501, 20);
        for (int tgid : new int[] {20, 30, 500, 501}) {
            assertThat(isKnown(tgid)).as("process %d", tgid).isTrue();
        }
        assertThat(isKnown(40)).isFalse();
    }

    @Test
    void anIdThatCameAgainMeanwhileIsNoChild() {
        alive(20, 500);
        alive(21, 22);
        start = 2;
        fork(20, 1);
        fork(22, 1);
        start = 1;
        alive(500, 1);
        start = 2;
        fork(22, 500);
        assertThat(isKnown(20)).isFalse();
        assertThat(descendants.contains(21, 1)).isFalse();
        assertThat(isKnown(22)).isTrue();
    }

    @Test
    void anIdThatAnotherProcessHasIsNoDescendantThoughItsForkWasNotSeen() {
        alive(500, 1);
        fork(600, 500);
        assertThat(descendants.contains(600, 1)).isTrue();
        assertThat(descendants.contains(600, 2)).isFalse();
        // The forker is another process with the id of a descendant.
        start = 2;
        fork(700, 600);
        assertThat(descendants.contains(700, 2)).as("a fork by 600@1").isTrue();
        forkerStart = 2;
        fork(701, 600);
        assertThat(descendants.contains(701, 2)).as("a fork by 600@2").isFalse();
        alive(500, 1);
        assertThat(descendants.contains(500, 2))
                .as("another process with the root's id")
                .isFalse();
    }

    @Test
    void aProcessThatBeganMeanwhileIsKnownFromItsFirstEventOn() {
        fork(500, 1);
        fork(600, 500);
        assertThat(isKnown(500)).isTrue();
        assertThat(isKnown(600)).isTrue();
        assertThat(descendants.unseen()).isEmpty();
        start = 2;
        fork(500, 1);
        assertThat(isKnown(500)).as("another process with the id").isFalse();
    }

    @Test
    void aProcessWhoseForkWasLeftOutIsKnownByItsExec() {
        update(new ProcessEncoder().begin(ProcessView.Type.EXEC, 1).process(500, 500, start, 1), 1);
        fork(600, 500);
        assertThat(isKnown(500)).isTrue();
        assertThat(isKnown(600)).isTrue();
    }

    @Test
    void aForkTellsOfTheForkerAndWhoAppearsNowhereIsUnseen() {
        fork(40, 1);
        assertThat(descendants.unseen()).containsExactly(500);
        fork(600, 500);
        assertThat(isKnown(600)).isTrue();
        assertThat(descendants.unseen()).isEmpty();
    }

    @Test
    void aChildThatWasThereTellsOfItsParent() {
        alive(501, 500);
        assertThat(isKnown(501)).isTrue();
        assertThat(descendants.unseen()).isEmpty();
    }

    @Test
    void whatHasEndedIsKnownForAWhileAlone() {
        alive(500, 1);
        alive(40, 1);
        exit(40);
        for (int tgid = 1_000; tgid < 11_000; tgid++) {
            fork(tgid, 500);
            exit(tgid);
        }
        assertThat(descendants.size()).isEqualTo(4_096 + 1);
        assertThat(isKnown(10_999)).isTrue();
        assertThat(isKnown(1_000)).isFalse();
    }

    private boolean isKnown(int tgid) {
        return descendants.contains(tgid, start);
    }

    private void alive(int tgid, int parent) {
        update(new ProcessEncoder().begin(ProcessView.Type.ALIVE, 1).process(tgid, tgid, start, 1), parent);
    }

    private void fork(int tgid, int forker) {
        ProcessEncoder encoder = new ProcessEncoder().begin(ProcessView.Type.FORK, 1);
        update(encoder.process(tgid, tgid, start, 1).forker(forker, forkerStart), forker);
    }

    private void exit(int tgid) {
        update(new ProcessEncoder().begin(ProcessView.Type.EXIT, 1).process(tgid, tgid, start, 1), 1);
    }

    private void update(ProcessEncoder encoder, int parent) {
        encoder.sequence(0, 1).parent(parent, 1).comm(new byte[] {'a'}).finish();
        descendants.update(new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot());
    }
}
