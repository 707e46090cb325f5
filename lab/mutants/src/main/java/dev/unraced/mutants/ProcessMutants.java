// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.config.EventFilters;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.ProcessView;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.OtherSettings;
import dev.unraced.mutants.fault.SourceAround;
import dev.unraced.mutants.fault.TracepointsAround;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.sim.trace.Seams;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Mutants that are wrong about processes. */
final class ProcessMutants {
    /** Bits that turn no terminal into 4:1, and a terminal into that of another driver. */
    private static final int ANOTHER = 4 << ProcessLayout.MINOR_BITS;

    private ProcessMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.broken(
                        "forks-unseen",
                        "sees no process that is forked",
                        "R7.3 R16.1 R16.7 R16.10",
                        () -> Seams.NONE.withTracepoints(observer -> around(observer, new TracepointsAround() {
                            @Override
                            public void forked(TaskGroup forker, Task child) {
                                // The observer makes no event.
                            }
                        }))),
                MutantFactory.broken(
                        "processes-unasked",
                        "makes process events though nobody asked for them",
                        "R1.10 R15.3 R15.4 R15.6 R15.7 R16.1 R16.9",
                        () -> Seams.NONE.withSettings(OtherSettings::withProcesses)),
                MutantFactory.broken(
                        "exit-of-each-thread",
                        "makes an exit of each thread of a process that ends",
                        "R16.1",
                        () -> Seams.NONE.withTracepoints(observer -> around(observer, new TracepointsAround() {
                            @Override
                            public void threadExit(Task task) {
                                super.threadExit(task);
                                if (task.tid() != task.tgid()) {
                                    super.processExit(task);
                                }
                            }
                        }))),
                editing(
                        "program-by-another-file",
                        "gives a wrong inode number of the program that was executed",
                        "R16.2 R16.3",
                        ProcessView.Type.EXEC,
                        record -> record.putLong(ProcessLayout.INODE, record.getLong(ProcessLayout.INODE) + 1)),
                editing(
                        "script-without-interpreter",
                        "does not name the interpreter of a script",
                        "R16.3",
                        ProcessView.Type.EXEC,
                        record -> record.putInt(ProcessLayout.INTERPRETER, 0)),
                editing(
                        "exec-without-cgroup",
                        "does not name the path of the cgroup in which a program is executed",
                        "R16.13",
                        ProcessView.Type.EXEC,
                        record -> record.putInt(ProcessLayout.CGROUP, 0)),
                editing(
                        "alive-without-cgroup",
                        "does not name the path of the cgroup of a process that was there",
                        "R1.15 R16.13",
                        ProcessView.Type.ALIVE,
                        record -> record.putInt(ProcessLayout.CGROUP, 0)),
                editing(
                        "exit-without-status",
                        "says of every process that it ended well",
                        "R16.4",
                        ProcessView.Type.EXIT,
                        record -> record.putInt(ProcessLayout.STATUS, 0)),
                editing(
                        "processes-that-were-there-by-another-start",
                        "gives the time of the look as the start of a process that was there",
                        "R16.5",
                        ProcessView.Type.ALIVE,
                        record -> record.putLong(
                                ProcessLayout.START_NS, record.getLong(ProcessLayout.TIME_NS) + (1L << 40))),
                MutantFactory.broken(
                        "key-without-exec",
                        "gives the calls of a process the same key whatever it executes",
                        "R16.5 R16.6",
                        () -> Seams.NONE.withSink(ring -> (bytes, length) -> {
                            if (bytes.get(RecordLayout.TYPE) == RecordLayout.TYPE_MERGED) {
                                bytes.putInt(RecordLayout.EXEC_ID, 1_000);
                            }
                            ring.submit(bytes, length);
                        })),
                MutantFactory.broken(
                        "failed-execs-unseen",
                        "sees no exec that fails",
                        "R16.7 R16.10",
                        () -> Seams.NONE.withTracepoints(observer -> around(observer, new TracepointsAround() {
                            @Override
                            public void execFailed(Task task, ExecCall call, byte[] path, int atFlags, int error) {
                                // It is not told.
                            }
                        }))),
                editing(
                        "exec-path-unproven",
                        "says of the kernel's copy of an exec's path that it was read at entry",
                        "R16.2 R16.3",
                        ProcessView.Type.EXEC,
                        record -> record.put(ProcessLayout.PROVENANCE, (byte) Provenance.ENTER.code())),
                editing(
                        "exec-path-unchecked",
                        "says that nobody knows whether the path of an exec held",
                        "R16.2 R16.3",
                        ProcessView.Type.EXEC,
                        record -> record.put(ProcessLayout.INTEGRITY, (byte) Integrity.UNCHECKED.code())),
                editing(
                        "failed-execs-proven",
                        "says of the snapshot of a failed exec that it is the kernel's copy",
                        "R16.10",
                        ProcessView.Type.EXEC_FAILED,
                        record -> record.put(ProcessLayout.PROVENANCE, (byte) Provenance.KERNEL.code())),
                editing(
                        "credentials-before-by-the-exec",
                        "gives the credentials of after an exec as those of before",
                        "R16.11",
                        ProcessView.Type.EXEC,
                        record -> record.putInt(ProcessLayout.EUID_BEFORE, record.getInt(ProcessLayout.EUID))),
                editing(
                        "terminal-of-another-process",
                        "names another terminal than the process has, and one where there is none",
                        "R16.12",
                        ProcessView.Type.EXEC,
                        record ->
                                record.putInt(ProcessLayout.TERMINAL, ANOTHER + record.getInt(ProcessLayout.TERMINAL))),
                MutantFactory.broken(
                        "forks-unseen-under-a-filter",
                        "sees no fork where only some processes are watched",
                        "R16.7",
                        ProcessMutants::blindUnderFilter),
                MutantFactory.broken(
                        "execs-by-the-image-before",
                        "filters an exec by the program that asks for it, not by the one that it executes",
                        "R16.7",
                        ProcessMutants::execsByTheImageBefore),
                MutantFactory.broken(
                        "failed-execs-by-the-image-asked-for",
                        "filters an exec that fails by the program that it asks for, not by the one that asks",
                        "R16.7",
                        ProcessMutants::failedExecsByTheImageAskedFor),
                MutantFactory.broken(
                        "processes-denied",
                        "says that its capture makes no process events though it does",
                        "R16.9",
                        () -> Seams.NONE.withSource(source -> new SourceAround(source) {
                            @Override
                            public boolean processEvents() {
                                return false;
                            }
                        })),
                MutantFactory.denying(
                        "processes-anyway",
                        "makes process events though it declares to have none",
                        "R16.8",
                        Feature.PROCESS_EVENTS,
                        "this one knows calls alone"));
    }

    private static Seams blindUnderFilter() {
        return underFilters(filters -> !filters.tgids().isEmpty(), filtered -> new TracepointsAround() {
            @Override
            public void forked(TaskGroup forker, Task child) {
                if (!filtered.get()) {
                    super.forked(forker, child);
                }
            }
        });
    }

    /** No program that executes another one is listed. */
    private static Seams execsByTheImageBefore() {
        return underFilters(filters -> !filters.executables().isEmpty(), filtered -> new TracepointsAround() {
            @Override
            public void executed(Task task, int before) {
                if (!filtered.get()) {
                    super.executed(task, before);
                }
            }
        });
    }

    /** No program that is not there is listed. */
    private static Seams failedExecsByTheImageAskedFor() {
        return underFilters(filters -> !filters.executables().isEmpty(), filtered -> new TracepointsAround() {
            @Override
            public void execFailed(Task task, ExecCall call, byte[] path, int atFlags, int error) {
                if (!filtered.get()) {
                    super.execFailed(task, call, path, atFlags, error);
                }
            }
        });
    }

    /** Returns tracepoints that know whether the filters are such. */
    private static Seams underFilters(
            Predicate<EventFilters> filters, Function<AtomicBoolean, TracepointsAround> tracepoints) {
        AtomicBoolean filtered = new AtomicBoolean();
        return Seams.NONE
                .withSettings(settings -> {
                    filtered.set(filters.test(settings.filters()));
                    return settings;
                })
                .withTracepoints(observer -> around(observer, tracepoints.apply(filtered)));
    }

    private static TracepointsAround around(Tracepoints observer, TracepointsAround around) {
        around.inner(observer);
        return around;
    }

    private static Mutant editing(
            String name, String what, String rules, ProcessView.Type type, Consumer<ByteBuffer> edit) {
        return MutantFactory.broken(
                name,
                what,
                rules,
                () -> Seams.NONE.withSink(ring -> (bytes, length) -> {
                    if (bytes.get(RecordLayout.TYPE) == type.code()) {
                        edit.accept(bytes);
                    }
                    ring.submit(bytes, length);
                }));
    }
}
