// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;

/** Encodes what a {@link RecordBuilder} holds. */
final class Emitter {
    static final int SOURCE = 0;

    private static final int ENTER_FLAGS = EventFlag.TRUNCATED.mask() | EventFlag.FAULTED.mask();

    private final RecordSink sink;
    private final RecordEncoder encoder = new RecordEncoder();
    private long sequence;

    Emitter(RecordSink sink) {
        this.sink = sink;
    }

    /** Emits a record of a call that returns now, with its raw result (R1.2, R1.3) and both times (R1.11). */
    void emit(Task task, Call call, RecordBuilder record, long now) {
        begin(task, call, record);
        encoder.call(record.enterNanos, now, call.result()).flags(record.flags);
        submit(task, call, record);
    }

    /** Emits a record of a call that enters now (R12.5). */
    void emitEnter(Task task, Call call, RecordBuilder record) {
        begin(task, call, record);
        encoder.enter().call(record.enterNanos, 0, 0).flags(record.flags & ENTER_FLAGS);
        submit(task, call, record);
    }

    /** Skips the sequence number of an event that gets no record (R9.3). */
    void skip() {
        sequence++;
    }

    /**
     * Begins a record with the next number (R9.2), the caller (R1.5, R1.6, R1.7, R1.8) and the key of its image
     * (R16.6).
     */
    private void begin(Task task, Call call, RecordBuilder record) {
        TaskGroup group = task.group();
        // A record that finds no room in the ring leaves a gap in the sequence.
        encoder.begin(call.syscall(), call.abi(), call.origin(), record.mitigation)
                .sequence(SOURCE, ++sequence)
                .thread(task.tid(), group.tgid(), task.startNanos(), group.parentTgid())
                .process(group.startNanos(), group.execId())
                .user(group.uid(), group.gid())
                .namespaces(group.cgroupId(), group.mountNamespace(), group.pidNamespace())
                .comm(task.comm());
    }

    /** Ends a record with its arguments, its object, and the container (R1.15). */
    private void submit(Task task, Call call, RecordBuilder record) {
        if (call.syscall() == Syscall.CONNECT) {
            connect(record);
        } else {
            open(record);
        }
        byte[] container = task.group().containerId();
        if (container.length > 0) {
            encoder.containerId(container);
        }
        sink.submit(encoder.buffer(), encoder.finish());
    }

    private void open(RecordBuilder record) {
        encoder.dirfd(record.dirfd)
                .path(record.argument, record.length, record.provenance, record.integrity)
                .how(
                        record.openFlags,
                        record.mode,
                        record.resolve,
                        record.howSize,
                        record.howProvenance,
                        record.howIntegrity);
        if (record.hasObject) {
            encoder.file(record.resolved, record.resolvedLength, record.deviceMajor, record.deviceMinor, record.inode);
        }
    }

    private void connect(RecordBuilder record) {
        encoder.fd(record.dirfd)
                .address(record.argument, record.length, record.addrlen, record.provenance, record.integrity);
        if (record.howProvenance != Provenance.NONE) {
            encoder.block(record.howProvenance, record.howIntegrity);
        }
        if (record.hasObject) {
            encoder.socket(
                    record.family,
                    record.type,
                    record.protocol,
                    record.local,
                    record.localLength,
                    record.remote,
                    record.remoteLength);
        }
    }
}
