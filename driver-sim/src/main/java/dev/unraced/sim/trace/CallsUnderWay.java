// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tracer's memory of calls under way beside the stash: the connects of each socket, whether each thread's call
 * entered, and the latest request of each submitter. It is evidence on what a call did, so filters do not shorten it.
 */
final class CallsUnderWay {
    private final Set<Precaution> precautions;
    private final ConnectsUnderWay connects = new ConnectsUnderWay();
    /** The latest request that each thread submitted, until the thread submits another one. */
    private final IdentityHashMap<Task, Call> latest = new IdentityHashMap<>();

    private EntryTraces traces = new EntryTraces(0);

    CallsUnderWay(Set<Precaution> precautions) {
        this.precautions = precautions;
    }

    /**
     * Begins right before the tracer is attached. Threads that are in connects now may overlap with connects that the
     * tracer will see enter.
     */
    void begin(Kernel kernel) {
        traces = new EntryTraces(kernel.clock().now());
        for (Task task : kernel.tasks()) {
            Call call = task.call();
            if (call != null) {
                noteConnect(call.caller(task), call);
            }
        }
    }

    void entered(Task task, Call call) {
        traces.enter(task);
        noteConnect(task, call);
    }

    void submitted(Task submitter, Call request) {
        latest.put(submitter, request);
        noteConnect(submitter, request);
    }

    /** Returns the latest request of a thread, which submits another one now; null if there is none. */
    @Nullable
    Call takeLatest(Task submitter) {
        return latest.remove(submitter);
    }

    /** Ends a request that is its submitter's latest; returns false for other calls. */
    boolean endLatest(Task submitter, Call call) {
        return latest.remove(submitter, call);
    }

    private void noteConnect(Task caller, Call call) {
        if (call.syscall() == Syscall.CONNECT) {
            connects.on(CallStash.key(caller, call), ObjectReader.socketOf(caller, call));
        }
    }

    /** Records the file that the kernel connected. */
    void connected(Task caller, Call call, OpenFile file) {
        connects.took(CallStash.key(caller, call), file, ObjectReader.socket(file));
    }

    /** Returns the file that the kernel connected; null when that was not seen. */
    @Nullable
    OpenFile connectedFile(Task caller, Call call) {
        return connects.taken(CallStash.key(caller, call));
    }

    /** Ends a connect that is over, or that was looked at before the next request can disturb it. */
    ConnectsUnderWay.@Nullable Connect endConnect(Task caller, Call call) {
        return connects.end(CallStash.key(caller, call));
    }

    /**
     * Returns whether a call ran. A request that completes ran, or failed; for a call, the thread's trace decides. An
     * observer without traces takes a pending signal and a result equal to the call's number for a refusal.
     */
    EntryTraces.Execution execution(Task caller, Call call, boolean isStashed) {
        if (call.origin() == Origin.IO_URING) {
            return EntryTraces.Execution.RAN;
        }
        EntryTraces.Execution traced = traces.exit(caller);
        if (precautions.contains(Precaution.ENTRY_TRACES)) {
            return traced;
        }
        boolean looksRefused = !isStashed && call.result() == call.number() && caller.isSigsysPending();
        return looksRefused ? EntryTraces.Execution.REFUSED : EntryTraces.Execution.RAN;
    }

    /** Returns whether other tasks used the thread's descriptors when its last call entered, or may have. */
    boolean wasTableShared(Task caller) {
        return traces.wasShared(caller);
    }

    /** Ends all calls of a thread that ends. */
    void threadEnded(Task task) {
        connects.end(task.tid());
        traces.end(task);
        latest.remove(task);
        Call carried = task.call();
        if (carried != null && carried.origin() == Origin.IO_URING) {
            connects.end(CallStash.key(task, carried));
        }
    }
}
