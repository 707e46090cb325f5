// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordEncoder;
import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;

/** Encodes drafts as records. */
final class Emitter {
    private static final int SOURCE = 0;
    private static final int ENTER_FLAGS = EventFlag.TRUNCATED.mask() | EventFlag.FAULTED.mask();

    private final RecordSink sink;
    private final RecordEncoder encoder = new RecordEncoder();
    private long sequence;

    Emitter(RecordSink sink) {
        this.sink = sink;
    }

    /** Emits a record of a call that returns now. */
    void emit(Task task, Call call, Draft draft, long now) {
        begin(task, call, draft);
        encoder.call(draft.enterNanos, now, call.result()).flags(draft.flags);
        submit(task, call, draft);
    }

    /** Emits a record of a call that enters now. */
    void emitEnter(Task task, Call call, Draft draft) {
        begin(task, call, draft);
        encoder.enter().call(draft.enterNanos, 0, 0).flags(draft.flags & ENTER_FLAGS);
        submit(task, call, draft);
    }

    /** Skips the sequence number of an event that gets no record. */
    void skip() {
        sequence++;
    }

    private void begin(Task task, Call call, Draft draft) {
        TaskGroup group = task.group();
        // A record that finds no room in the ring leaves a gap in the sequence.
        sequence++;
        encoder.begin(call.syscall(), call.abi(), call.origin(), draft.mitigation)
                .sequence(SOURCE, sequence)
                .thread(task.tid(), group.tgid(), task.startNanos(), group.parentTgid())
                .user(group.uid(), group.gid())
                .namespaces(group.cgroupId(), group.mountNamespace(), group.pidNamespace())
                .comm(task.comm());
    }

    private void submit(Task task, Call call, Draft draft) {
        if (call.syscall() == Syscall.CONNECT) {
            connect(draft);
        } else {
            open(draft);
        }
        byte[] container = task.group().containerId();
        if (container.length > 0) {
            encoder.containerId(container);
        }
        int length = encoder.finish();
        sink.submit(encoder.buffer(), length);
    }

    private void open(Draft draft) {
        encoder.dirfd(draft.dirfd)
                .path(draft.argument, draft.length, draft.provenance, draft.integrity)
                .how(
                        draft.openFlags,
                        draft.mode,
                        draft.resolve,
                        draft.howSize,
                        draft.howProvenance,
                        draft.howIntegrity);
        if (draft.hasTruth) {
            encoder.file(draft.resolved, draft.resolvedLength, draft.deviceMajor, draft.deviceMinor, draft.inode);
        }
    }

    private void connect(Draft draft) {
        encoder.fd(draft.dirfd).address(draft.argument, draft.length, draft.addrlen, draft.provenance, draft.integrity);
        if (draft.howProvenance != Provenance.NONE) {
            encoder.block(draft.howProvenance, draft.howIntegrity);
        }
        if (draft.hasTruth) {
            encoder.socket(
                    draft.family,
                    draft.type,
                    draft.protocol,
                    draft.local,
                    draft.localLength,
                    draft.remote,
                    draft.remoteLength);
        }
    }
}
