// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.capture.LossReason;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.mutants.fault.CurrentCallTracker;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.mutants.fault.Recount;
import dev.unraced.mutants.fault.Results;
import dev.unraced.ring.RingSource;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.RecordSink;
import dev.unraced.sim.trace.Seams;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mutants with events out of order, or with gaps in their numbers. */
final class OrderMutants {
    /** The index of the call that is overtaken in each thread of a crowd: neither its first nor its last. */
    private static final long OVERTAKEN = 60;

    private OrderMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.broken(
                        "reorders", "lets an event overtake the one before it", "R9.1", OrderMutants::reordering),
                MutantFactory.broken(
                        "number-for-nothing",
                        "gives two numbers to a call that a signal interrupts",
                        "R9.2",
                        OrderMutants::skipping),
                MutantFactory.broken(
                        "reuses-number",
                        "gives the number of an event that found no room to the next one",
                        "R9.3",
                        OrderMutants::reusing));
    }

    private static Seams reordering() {
        CurrentCallTracker currentCall = new CurrentCallTracker();
        Recount recount = new Recount();
        Held held = new Held();
        return Seams.NONE.withTracepoints(currentCall::around).withSink(ring -> {
            recount.into(ring);
            return MutantFactory.ofMerged(
                    (record, length) -> {
                        recount.given(record);
                        if (isOvertaken(currentCall.task(), new RecordEdit(record, length))) {
                            held.hold(record, length);
                            return;
                        }
                        recount.write(record, length);
                        held.release(record.getInt(RecordLayout.TID), recount);
                    },
                    recount::pass);
        });
    }

    private static boolean isOvertaken(Task task, RecordEdit record) {
        return record.syscall() == Syscall.OPENAT
                && record.number(RecordLayout.OPEN_MODE) == OVERTAKEN
                && task.tid() != task.group().tgid();
    }

    private static Seams skipping() {
        CurrentCallTracker currentCall = new CurrentCallTracker();
        long[] skipped = {0};
        return Seams.NONE
                .withTracepoints(currentCall::around)
                .withSink(ring -> ofCalls(
                        (record, length) -> {
                            boolean restarts = !new RecordEdit(record, length).isEnter()
                                    && currentCall.call().result() == Results.RESTART;
                            skipped[0] += restarts ? 1 : 0;
                            record.putLong(RecordLayout.SEQUENCE, record.getLong(RecordLayout.SEQUENCE) + skipped[0]);
                            ring.submit(record, length);
                        },
                        ring));
    }

    private static Seams reusing() {
        RingSource[] source = {null};
        long[] refused = {0};
        return Seams.NONE
                .withSource(its -> {
                    source[0] = its;
                    return its;
                })
                .withSink(ring -> ofCalls(
                        (record, length) -> {
                            record.putLong(RecordLayout.SEQUENCE, record.getLong(RecordLayout.SEQUENCE) - refused[0]);
                            long before = ringFull(source[0]);
                            ring.submit(record, length);
                            refused[0] += ringFull(source[0]) - before;
                        },
                        ring));
    }

    /** Returns a sink that sends records of calls to one sink, and those of processes on. */
    private static RecordSink ofCalls(RecordSink calls, RecordSink ring) {
        return (record, length) -> {
            RecordEdit edit = new RecordEdit(record, length);
            (edit.isMerged() || edit.isEnter() ? calls : ring).submit(record, length);
        };
    }

    private static long ringFull(RingSource source) {
        return source.stats().lost().getOrDefault(LossReason.RING_FULL, 0L);
    }

    /** A record that waits for the next one of its thread. */
    private static final class Held {
        private @Nullable ByteBuffer record;

        void hold(ByteBuffer bytes, int length) {
            record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).put(bytes.slice(0, length));
        }

        void release(int tid, Recount recount) {
            ByteBuffer waiting = record;
            if (waiting != null && waiting.getInt(RecordLayout.TID) == tid) {
                record = null;
                recount.write(waiting, waiting.capacity());
            }
        }
    }
}
