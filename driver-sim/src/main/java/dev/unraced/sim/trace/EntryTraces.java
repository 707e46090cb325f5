// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.sim.kernel.Task;
import java.util.IdentityHashMap;

/**
 * Whether each thread is in a watched call that entered. Unlike an entry of the stash, such a trace is neither refused
 * nor given up: it is a bit of the thread's own memory, as BPF's task storage is. So its absence proves that a call did
 * not enter, if the observer has seen the thread from its start, or through an earlier return.
 */
final class EntryTraces {
    /** What is known of a call that returns. */
    enum Execution {
        RAN,
        REFUSED,
        UNKNOWN
    }

    private final long openedNanos;
    private final IdentityHashMap<Task, Trace> traces = new IdentityHashMap<>();

    /** Traces of a capture that opens now. */
    EntryTraces(long openedNanos) {
        this.openedNanos = openedNanos;
    }

    private static final class Trace {
        boolean isInCall;
    }

    void enter(Task task) {
        traceOf(task).isInCall = true;
    }

    /** What the trace of a thread says of the call that returns now. */
    Execution exit(Task task) {
        Trace trace = traces.get(task);
        if (trace == null) {
            // The call may have entered before the capture opened; the next one cannot have.
            traceOf(task);
            return task.startNanos() > openedNanos ? Execution.REFUSED : Execution.UNKNOWN;
        }
        boolean ran = trace.isInCall;
        trace.isInCall = false;
        return ran ? Execution.RAN : Execution.REFUSED;
    }

    void end(Task task) {
        traces.remove(task);
    }

    private Trace traceOf(Task task) {
        Trace trace = traces.get(task);
        if (trace == null) {
            trace = new Trace();
            traces.put(task, trace);
        }
        return trace;
    }
}
