// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.mutants.fault.Recount;
import dev.unraced.mutants.fault.SourceAround;
import dev.unraced.ring.SourceStats;
import dev.unraced.sim.trace.RecordSink;
import dev.unraced.sim.trace.Seams;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Mutants that are wrong about enter events. */
final class EnterMutants {
    private EnterMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.broken(
                        "entry-without-argument",
                        "makes enter events of connects before it has read the address",
                        "R12.5",
                        () -> Seams.NONE.withSink(ring -> (bytes, length) -> {
                            RecordEdit record = new RecordEdit(bytes, length);
                            if (record.isEnter() && record.isConnect()) {
                                record.clearArgument();
                            }
                            ring.submit(bytes, length);
                        })),
                MutantFactory.broken(
                        "entry-by-another-convention",
                        "says of every entry that the call is a native one",
                        "R12.5",
                        () -> Seams.NONE.withSink(ring -> (bytes, length) -> {
                            if (new RecordEdit(bytes, length).isEnter()) {
                                bytes.put(RecordLayout.ABI, (byte) Abi.NATIVE.code());
                            }
                            ring.submit(bytes, length);
                        })),
                MutantFactory.broken(
                        "entry-at-return",
                        "hands over the enter event when the call returns, behind the merged one",
                        "R12.5",
                        EnterMutants::late),
                MutantFactory.miscounting(
                        "entries-uncounted",
                        "does not count the enter events that it makes",
                        "R8.1",
                        source -> new SourceAround(source) {
                            @Override
                            public SourceStats stats() {
                                return super.stats().toBuilder().entered(0).build();
                            }
                        }),
                MutantFactory.miscounting(
                        "entries-for-ever",
                        "goes on making enter events when they are switched off",
                        "R12.6",
                        source -> new SourceAround(source) {
                            private boolean told;

                            @Override
                            public boolean enterEvents() {
                                return told;
                            }

                            @Override
                            public void publishEnterEvents(boolean publish) {
                                told = publish;
                                if (publish) {
                                    super.publishEnterEvents(true);
                                }
                            }
                        }),
                MutantFactory.denying(
                        "enters-anyway",
                        "makes enter events though it declares to have none",
                        "R12.7",
                        Feature.ENTER_EVENTS,
                        "this one has merged events alone"));
    }

    private static Seams late() {
        Recount recount = new Recount();
        return Seams.NONE.withSink(ring -> {
            recount.into(ring);
            return new Late(recount);
        });
    }

    /** A sink that keeps one enter event back. */
    private static final class Late implements RecordSink {
        private final Recount recount;
        private final ByteBuffer kept =
                ByteBuffer.allocateDirect(RecordEncoder.MAX_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        private int keptLength;

        Late(Recount recount) {
            this.recount = recount;
        }

        @Override
        public void submit(ByteBuffer bytes, int length) {
            boolean enter = new RecordEdit(bytes, length).isEnter();
            recount.given(bytes);
            if (!enter) {
                recount.write(bytes, length);
            }
            if (keptLength > 0) {
                recount.write(kept, keptLength);
                keptLength = 0;
            }
            if (enter) {
                kept.put(0, bytes, 0, length);
                keptLength = length;
            }
        }
    }
}
