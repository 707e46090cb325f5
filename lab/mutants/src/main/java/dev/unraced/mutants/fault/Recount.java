// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.capture.FilterReason;
import dev.unraced.event.RecordLayout;
import dev.unraced.ring.RingSource;
import dev.unraced.ring.SourceStats;
import dev.unraced.sim.trace.RecordSink;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers records anew and changes the statistics accordingly, so that a stream with too many or too few records breaks
 * only the rule about that.
 */
public final class Recount {
    private @Nullable RecordSink sink;
    private long written;
    private long given;
    private long lastNumber;
    private long gaps;

    public void into(RecordSink ring) {
        sink = ring;
    }

    /** Writes a record that the mutant leaves as it is. */
    public void pass(ByteBuffer record, int length) {
        given(record);
        write(record, length);
    }

    /** Writes a record with the next number, plus the gaps of all records lost before the mutant saw them. */
    public void write(ByteBuffer record, int length) {
        written++;
        record.putLong(RecordLayout.SEQUENCE, written + gaps);
        if (sink != null) {
            sink.submit(record, length);
        }
    }

    /** Notes that a call has ended, whatever happens to its record. */
    public void given(ByteBuffer record) {
        long number = record.getLong(RecordLayout.SEQUENCE);
        gaps += number - lastNumber - 1;
        lastNumber = number;
        given++;
    }

    /** Returns statistics that pretend that as many calls returned as there are records. */
    public RingSource pretending(RingSource source) {
        return new SourceAround(source) {
            @Override
            public SourceStats stats() {
                SourceStats stats = super.stats();
                return stats.toBuilder()
                        .returned(stats.returned() + written - given)
                        .build();
            }
        };
    }

    /** Returns statistics that count unwritten records as filtered. */
    RingSource filtering(FilterReason reason, RingSource source) {
        return new SourceAround(source) {
            @Override
            public SourceStats stats() {
                SourceStats stats = super.stats();
                Map<FilterReason, Long> filtered = new EnumMap<>(FilterReason.class);
                filtered.putAll(stats.filtered());
                if (given > written) {
                    filtered.merge(reason, given - written, Long::sum);
                }
                return stats.toBuilder().filtered(filtered).build();
            }
        };
    }
}
