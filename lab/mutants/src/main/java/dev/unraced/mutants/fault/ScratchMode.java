// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.sim.trace.Seams;

/** Keeps only the mode of the open that entered last, and gives it to any open that returns. */
public final class ScratchMode extends TracepointsAround {
    private long mode;
    private boolean returnsOpen;

    public static Seams seams() {
        ScratchMode scratch = new ScratchMode();
        return Seams.NONE.withTracepoints(scratch::around).withSink(ring -> (record, length) -> {
            if (scratch.returnsOpen && !new RecordEdit(record, length).isEnter()) {
                record.putLong(RecordLayout.OPEN_MODE, scratch.mode);
            }
            ring.submit(record, length);
        });
    }

    private Tracepoints around(Tracepoints tracepoints) {
        inner(tracepoints);
        return this;
    }

    @Override
    public void enter(Task task, Call call) {
        if (call.syscall() == Syscall.OPEN) {
            mode = call.register(2) & 0xffff_ffffL;
        }
        super.enter(task, call);
    }

    @Override
    public void exit(Task task, Call call) {
        returnsOpen = call.syscall() == Syscall.OPEN;
        super.exit(task, call);
    }

    @Override
    public void completed(Task task, Call request) {
        returnsOpen = false;
        super.completed(task, request);
    }
}
