// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.driver.Capture;
import dev.unraced.ring.RingSource;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.stash.ArgStash;
import java.util.function.UnaryOperator;

/**
 * Where an observer can be broken on purpose, to see whether the rules notice: each part can be put behind another.
 *
 * @param settings what it takes from its configuration
 * @param tracepoints what the observer sees of the kernel
 * @param stash where it keeps arguments
 * @param sink what becomes of its records
 * @param source how its ring is controlled, and the books
 * @param capture what its consumer holds
 */
public record Seams(
        UnaryOperator<TraceSettings> settings,
        UnaryOperator<Tracepoints> tracepoints,
        UnaryOperator<ArgStash> stash,
        UnaryOperator<RecordSink> sink,
        UnaryOperator<RingSource> source,
        UnaryOperator<Capture> capture) {

    /** Nothing broken. */
    public static final Seams NONE = new Seams(
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity());

    public Seams withSettings(UnaryOperator<TraceSettings> broken) {
        return new Seams(broken, tracepoints, stash, sink, source, capture);
    }

    public Seams withTracepoints(UnaryOperator<Tracepoints> broken) {
        return new Seams(settings, broken, stash, sink, source, capture);
    }

    public Seams withStash(UnaryOperator<ArgStash> broken) {
        return new Seams(settings, tracepoints, broken, sink, source, capture);
    }

    public Seams withSink(UnaryOperator<RecordSink> broken) {
        return new Seams(settings, tracepoints, stash, broken, source, capture);
    }

    public Seams withSource(UnaryOperator<RingSource> broken) {
        return new Seams(settings, tracepoints, stash, sink, broken, capture);
    }

    public Seams withCapture(UnaryOperator<Capture> broken) {
        return new Seams(settings, tracepoints, stash, sink, source, broken);
    }
}
