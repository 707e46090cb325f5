// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.sim.kernel.Task;
import java.util.IdentityHashMap;

/**
 * Remembers whether each thread is in a watched call that entered. A trace is never refused or evicted: it is a bit of
 * the thread's own memory, as BPF's task storage is. If the observer saw the thread's start or an earlier return, an
 * absent trace proves that a call did not enter (R3.4, R3.5).
 */
final class EntryTraces {
    /** The evidence on whether a returning call ran. */
    enum Execution {
        RAN,
        REFUSED,
        UNKNOWN
    }

    private final long openedNanos;
    private final IdentityHashMap<Task, Trace> traces = new IdentityHashMap<>();

    /** Creates the traces of a capture that opens now. */
    EntryTraces(long openedNanos) {
        this.openedNanos = openedNanos;
    }

    private static final class Trace {
        boolean isInCall;
        boolean wasShared;
    }

    void enter(Task task) {
        Trace trace = traceOf(task);
        trace.isInCall = true;
        trace.wasShared = task.group().descriptors().isShared();
    }

    /** Returns whether other tasks used the thread's descriptors when its last call entered, or may have. */
    boolean wasShared(Task task) {
        Trace trace = traces.get(task);
        return trace == null || trace.wasShared;
    }

    /** Returns the evidence that a thread's trace gives on the call that returns now. */
    Execution exit(Task task) {
        Trace trace = traces.get(task);
        if (trace == null) {
            // The call may have entered before the capture opened, but the next call cannot have.
            traceOf(task).wasShared = true;
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
        return traces.computeIfAbsent(task, unused -> new Trace());
    }
}
