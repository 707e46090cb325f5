// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Provenance;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Runs a sandbox that sends random frames beside a sound one. Seeded; a failure names its round. */
class MergerFuzzTest {
    private static final long SEED = 6;
    private static final int ROUNDS = 40;
    private static final int FRAMES = 2_000;
    private static final long MILLI = 1_000_000;

    @Test
    void nothingThatOneSandboxSendsChangesAnothersEvents() throws Exception {
        List<byte[]> corpus = Corpus.frames();
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            boolean processEvents = round % 2 == 1;
            Merging merging = new Merging(config -> config.stashEntries(64).processEvents(processEvents));
            Connection hostile = merging.connect(1);
            Connection sound = merging.connect(2);
            Frames thread = new Frames(7, 7, 100).container("sound");
            int calls = 0;
            for (int i = 0; i < FRAMES; i++) {
                byte[] frame = corpus.get(random.nextInt(corpus.size()));
                merging.frames(hostile, random.nextInt(4) == 0 ? frame : Mutator.mutate(frame, random));
                merging.pass(random.nextInt(20) * MILLI);
                if (i % 20 == 0) {
                    String path = "/sound/" + calls++;
                    merging.frames(sound, thread.rawEnter(path, 0), thread.openEnter(path, 0));
                    merging.frames(hostile, Mutator.mutate(frame, random));
                    merging.frames(sound, thread.rawExit(path, 0, -2), thread.openExit(path, 0, -2));
                }
                if (i % 100 == 99) {
                    check(round, merging.events(), calls);
                }
            }
            merging.merger.end(hostile, random.nextBoolean());
            merging.merger.end(sound, false);
            merging.merger.end();
            check(round, merging.events(), calls);
            assertThat(merging.missing()).as("round %d", round).isZero();
            assertThat(merging.merger.stashStats().imbalance())
                    .as("round %d", round)
                    .isZero();
            assertThat(merging.merger.stashStats().live()).as("round %d", round).isZero();
            assertThat(soundSeen).as("round %d", round).isEqualTo(calls);
            soundSeen = 0;
        }
    }

    private int soundSeen;

    private void check(int round, List<SyscallEvent> events, int calls) {
        for (SyscallEvent event : events) {
            if (event.caller()
                    .containerId()
                    .filter(ByteString.utf8("sound")::equals)
                    .isPresent()) {
                OpenEvent open = (OpenEvent) event;
                assertThat(open.path().value()).as("round %d", round).isEqualTo(ByteString.utf8("/sound/" + soundSeen));
                assertThat(open.path().provenance()).as("round %d", round).isEqualTo(Provenance.ENTER);
                assertThat(open.path().integrity()).as("round %d", round).isEqualTo(Integrity.UNCHECKED);
                assertThat(open.flags()).as("round %d", round).isEmpty();
                soundSeen++;
            } else {
                assertThat(event.flags().contains(EventFlag.CREATED))
                        .as("round %d", round)
                        .isFalse();
            }
        }
        assertThat(soundSeen).isLessThanOrEqualTo(calls);
    }
}
