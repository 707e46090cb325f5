// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.ByteString;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Provenance;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.SuperBlock;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Program;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;

/** Makes process events, as {@code process.bpf.c} does on a real kernel. They are numbered by themselves (R16.1). */
final class ProcessEmitter {
    private final Kernel kernel;
    private final EventLimits limits;
    private final RecordSink sink;
    private final ProcessEncoder encoder = new ProcessEncoder();
    private long sequence;

    ProcessEmitter(Kernel kernel, EventLimits limits, RecordSink sink) {
        this.kernel = kernel;
        this.limits = limits;
        this.sink = sink;
    }

    /** Returns the number of process events made. */
    long made() {
        return sequence;
    }

    /** Makes an event of each process that is there (R16.5), which no limit keeps out. */
    void alive() {
        for (Task task : kernel.tasks()) {
            if (task.tid() == task.tgid()) {
                begin(ProcessView.Type.ALIVE, task, task.tid());
                executable(task.group());
                sink.submit(encoder.buffer(), encoder.finish());
            }
        }
    }

    void forked(TaskGroup forker, Task child) {
        begin(ProcessView.Type.FORK, child, child.tid());
        encoder.forker(forker.tgid(), forker.startNanos());
        submit(child);
    }

    /**
     * Makes the event of an exec, with its path, file and arguments (R16.2), the interpreter of a script (R16.3), and
     * who called (R16.11).
     */
    void executed(Task task, int before) {
        TaskGroup group = task.group();
        Program program = group.program();
        begin(ProcessView.Type.EXEC, task, before);
        executable(group);
        encoder.before(ExecCall.EXECVE, group.uid(), group.gid(), group.effectiveUidBefore(), group.gid(), 0);
        if (program != null) {
            encoder.path(program.asked().toByteArray())
                    .trust(Provenance.KERNEL, Integrity.MATCH)
                    .arguments(program.arguments().toByteArray());
            ByteString interpreter = program.interpreter();
            if (interpreter != null) {
                encoder.interpreter(interpreter.toByteArray());
            }
        }
        submit(task);
    }

    /** Makes the event of an exec that failed (R16.10). */
    void failed(Task task, Mitigation mode, ExecCall call, byte[] path, int atFlags, int error) {
        begin(ProcessView.Type.EXEC_FAILED, task, task.tid());
        encoder.failed(call, mode, kernel.clock().now(), OpenFlags.AT_FDCWD, atFlags, -error)
                .trust(mode == Mitigation.OFF ? Provenance.EXIT : Provenance.ENTER, Integrity.UNCHECKED)
                .path(path);
        submit(task);
    }

    /** Makes the event of an exit, with the status that the parent gets (R16.4). */
    void ended(Task last) {
        begin(ProcessView.Type.EXIT, last, last.tid());
        encoder.status(last.group().exitStatus());
        submit(last);
    }

    /** Begins a record with what all process events have, such as the terminal (R16.12). */
    private void begin(ProcessView.Type type, Task task, int tid) {
        TaskGroup group = task.group();
        encoder.begin(type, kernel.clock().now())
                .sequence(Emitter.SOURCE, ++sequence)
                .process(group.tgid(), tid, group.startNanos(), group.execId())
                .parent(group.parentTgid(), group.parentStartNanos())
                .user(group.uid(), group.gid(), group.effectiveUid(), group.gid())
                .terminal(group.terminal().major(), group.terminal().minor())
                .namespaces(group.cgroupId(), group.mountNamespace(), group.pidNamespace())
                .comm(task.comm());
    }

    /** Describes the executable, and the cgroup (R16.13). */
    private void executable(TaskGroup group) {
        Program program = group.program();
        if (program != null) {
            SuperBlock device = program.file().superBlock();
            encoder.executable(
                    program.path().toByteArray(),
                    device.major(),
                    device.minor(),
                    program.file().number());
        }
        encoder.cgroup(ByteString.utf8(kernel.cgroups().path(group.cgroupId())).toByteArray());
    }

    /** Submits the record, unless its process is beyond its limits (R7.3). */
    private void submit(Task task) {
        if (limits.admits(task.group(), kernel.clock().now())) {
            sink.submit(encoder.buffer(), encoder.finish());
        }
    }
}
