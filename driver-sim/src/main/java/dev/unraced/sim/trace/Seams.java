// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.capture.Capture;
import dev.unraced.ring.RingSource;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.stash.ArgStash;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The parts of an observer that a test can break on purpose, to see whether the rules notice. A listener learns what
 * the observer does.
 *
 * @param precautions the precautions that the observer takes
 * @param settings changes the configuration
 * @param tracepoints changes the view of the kernel
 * @param stash changes the stash of arguments
 * @param sink changes the sink of records
 * @param source changes the control of the ring, and the statistics
 * @param capture changes the consumer's capture
 * @param listener learns what the observer does; it changes nothing
 */
public record Seams(
        Set<Precaution> precautions,
        UnaryOperator<TraceSettings> settings,
        UnaryOperator<Tracepoints> tracepoints,
        UnaryOperator<ArgStash> stash,
        UnaryOperator<RecordSink> sink,
        UnaryOperator<RingSource> source,
        UnaryOperator<Capture> capture,
        TraceListener listener) {

    /** Seams that break nothing. */
    public static final Seams NONE = new Seams(
            Set.of(Precaution.values()),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            TraceListener.NONE);

    public Seams {
        precautions = Set.copyOf(precautions);
    }

    /** Returns seams that leave out a precaution. */
    public Seams without(Precaution careless) {
        EnumSet<Precaution> others = EnumSet.allOf(Precaution.class);
        others.retainAll(precautions);
        others.remove(careless);
        return new Seams(others, settings, tracepoints, stash, sink, source, capture, listener);
    }

    public Seams withSettings(UnaryOperator<TraceSettings> broken) {
        return new Seams(precautions, broken, tracepoints, stash, sink, source, capture, listener);
    }

    public Seams withTracepoints(UnaryOperator<Tracepoints> broken) {
        return new Seams(precautions, settings, broken, stash, sink, source, capture, listener);
    }

    public Seams withStash(UnaryOperator<ArgStash> broken) {
        return new Seams(precautions, settings, tracepoints, broken, sink, source, capture, listener);
    }

    public Seams withSink(UnaryOperator<RecordSink> broken) {
        return new Seams(precautions, settings, tracepoints, stash, broken, source, capture, listener);
    }

    public Seams withSource(UnaryOperator<RingSource> broken) {
        return new Seams(precautions, settings, tracepoints, stash, sink, broken, capture, listener);
    }

    public Seams withCapture(UnaryOperator<Capture> broken) {
        return new Seams(precautions, settings, tracepoints, stash, sink, source, broken, listener);
    }

    public Seams withListener(TraceListener other) {
        return new Seams(precautions, settings, tracepoints, stash, sink, source, capture, other);
    }
}
