// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.gvisor.SandboxProcess.PendingExec;
import dev.unraced.ring.FilterCounts;
import dev.unraced.ring.RingWriter;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes records into the ring, except those that the filters leave out (R1.10). Not thread-safe, but for the filters;
 * allocates nothing for an event.
 */
final class Publisher {
    private static final int SOURCE = 0;

    private final RingWriter ring;
    private volatile EventFilters filters;
    private final BootClock clock;
    private final RecordEncoder encoder = new RecordEncoder();
    private final FilterCounts filtered = new FilterCounts();
    private final ProcessEncoder processEncoder = new ProcessEncoder();
    private long sequence;
    private long processSequence;

    Publisher(RingWriter ring, EventFilters filters, BootClock clock) {
        this.ring = ring;
        this.filters = filters;
        this.clock = clock;
    }

    /**
     * Writes the record of a call with the next number (R9.2, R9.3), its caller (R1.5), its times (R1.11) and its
     * container (R1.15), or counts the reason why there is none.
     */
    void publish(RecordBuilder record) {
        FilterReason reason = reason(record);
        if (reason != null) {
            filtered.count(reason);
            return;
        }
        // A record without room leaves a gap in the numbers.
        sequence++;
        encoder.begin(record.syscall, Abi.NATIVE, Origin.SYSCALL, record.mitigation)
                .sequence(SOURCE, sequence)
                .call(clock.bootNanos(record.enterNanos), clock.bootNanos(record.exitNanos), record.result)
                .thread(record.tid, record.tgid, clock.bootNanos(record.startNanos), 0)
                .user(record.uid & 0xffff_ffffL, record.gid & 0xffff_ffffL)
                .comm(record.comm)
                .flags(record.flags)
                .process(record.processStartNanos, record.execId);
        if (record.isOpenLike()) {
            encoder.dirfd(record.fd)
                    .path(record.argument, record.length, record.provenance, record.integrity)
                    .how(record.openFlags, record.mode, 0, 0, Provenance.KERNEL, Integrity.MATCH);
            if (record.resolvedLength >= 0) {
                encoder.file(record.resolved, record.resolvedLength, 0, 0, 0);
            }
        } else {
            encoder.fd(record.fd)
                    .address(record.argument, record.length, record.addrlen, record.provenance, record.integrity);
        }
        byte[] container = record.connection.container(record.container);
        if (container.length > 0) {
            encoder.containerId(container);
        }
        ring.write(encoder.buffer(), encoder.finish());
    }

    /** Writes the record of a fork, if the filters let the forker pass. */
    void forked(Connection from, long wallNanos, SandboxProcess child, SandboxProcess forker) {
        if (isWatched(forker)) {
            begin(ProcessView.Type.FORK, wallNanos, child, child.tgid)
                    .parent(child.parentTgid, child.parentStartNanos)
                    .forker(forker.tgid, forker.startNanos);
            submit(from, child.container);
        }
    }

    /** Writes the record of an exec. */
    void executed(Connection from, PendingExec exec, SandboxProcess process, @Nullable SandboxProcess parent) {
        if (!isWatched(process)) {
            return;
        }
        begin(ProcessView.Type.EXEC, exec.timeNanos, process, exec.tid);
        parent(parent);
        if (!exec.hasPayload) {
            processEncoder.flag(EventFlag.WITHHELD);
        } else {
            processEncoder.arguments(exec.arguments, exec.argumentsSize);
        }
        if (exec.path.length > 0) {
            processEncoder.path(exec.path).trust(Provenance.ENTER, Integrity.UNCHECKED);
        }
        if (exec.binary.length > 0 && exec.binary.length <= RecordLayout.PATH_MAX) {
            int named = ResolvedPaths.nameLength(exec.binary, 0, exec.binary.length);
            processEncoder.executable(Arrays.copyOf(exec.binary, named), 0, 0, 0);
            if (named < exec.binary.length) {
                processEncoder.flag(EventFlag.DELETED);
            }
        }
        submit(from, process.container);
    }

    /** Writes the record of an exec that failed. */
    void attempted(ExecAttempt attempt) {
        if (!isWatched(attempt.tgid, attempt.uid)) {
            return;
        }
        begin(ProcessView.Type.EXEC_FAILED, attempt.exitNanos)
                .process(attempt.tgid, attempt.tid, attempt.processStartNanos, attempt.execId)
                .ownTgid(0)
                .parent(attempt.parentTgid, attempt.parentStartNanos)
                .user(attempt.uid, attempt.gid, attempt.effectiveUid, attempt.effectiveGid)
                .failed(
                        attempt.call,
                        attempt.mitigation,
                        clock.bootNanos(attempt.enterNanos),
                        attempt.dirfd,
                        attempt.atFlags,
                        attempt.result)
                .flags(attempt.flags)
                .trust(attempt.provenance, attempt.integrity);
        if (attempt.provenance != Provenance.NONE) {
            processEncoder.path(attempt.path);
        }
        submit(attempt.connection, attempt.container);
    }

    /**
     * Writes the record of an exit.
     *
     * @param withheld whether the process is only known to have ended because its sandbox has
     */
    void exited(
            Connection from,
            long wallNanos,
            SandboxProcess process,
            @Nullable SandboxProcess parent,
            int tid,
            int status,
            boolean withheld) {
        if (!isWatched(process)) {
            return;
        }
        begin(ProcessView.Type.EXIT, wallNanos, process, tid).status(status);
        parent(parent);
        if (withheld) {
            processEncoder.flag(EventFlag.WITHHELD);
        }
        submit(from, process.container);
    }

    private ProcessEncoder begin(ProcessView.Type type, long wallNanos, SandboxProcess process, int tid) {
        return begin(type, wallNanos)
                .process(process.tgid, tid, process.startNanos, process.execId)
                .ownTgid(0)
                .user(process.uid, process.gid, process.effectiveUid, process.effectiveGid);
    }

    private ProcessEncoder begin(ProcessView.Type type, long wallNanos) {
        processSequence++;
        return processEncoder.begin(type, clock.bootNanos(wallNanos)).sequence(SOURCE, processSequence);
    }

    private void parent(@Nullable SandboxProcess parent) {
        if (parent != null) {
            processEncoder.parent(parent.tgid, parent.startNanos);
        }
    }

    private void submit(Connection from, int container) {
        byte[] id = from.container(container);
        if (id.length > 0) {
            processEncoder.containerId(id);
        }
        ring.write(processEncoder.buffer(), processEncoder.finish());
    }

    private boolean isWatched(SandboxProcess process) {
        return isWatched(process.tgid, process.uid);
    }

    /** Returns whether the filters let the events of a process pass (R16.7). */
    private boolean isWatched(int tgid, int uid) {
        EventFilters filters = this.filters;
        return (filters.tgids().isEmpty() || filters.tgids().contains(tgid))
                && (filters.uids().isEmpty() || filters.uids().contains(uid & 0xffff_ffffL));
    }

    /** Returns the number of process events that passed the filters. */
    long processEvents() {
        return processSequence;
    }

    /** Converts a time of a sandbox to CLOCK_BOOTTIME. */
    long bootNanos(long wallNanos) {
        return clock.bootNanos(wallNanos);
    }

    Map<FilterReason, Long> filtered() {
        return filtered.counted();
    }

    EventFilters filters() {
        return filters;
    }

    /** Changes the filters for calls that are merged from now on. Any thread may call this (R12.8, R12.9). */
    void filterBy(EventFilters next) {
        filters = next;
    }

    private @Nullable FilterReason reason(RecordBuilder record) {
        EventFilters filters = this.filters;
        if (!filters.tgids().isEmpty() && !filters.tgids().contains(record.tgid)) {
            return FilterReason.TGID;
        }
        if (!filters.uids().isEmpty() && !filters.uids().contains(record.uid & 0xffff_ffffL)) {
            return FilterReason.UID;
        }
        boolean hasPath = record.isOpenLike() && record.provenance != Provenance.NONE;
        if (hasPath && !filters.acceptsPath(record.argument, record.length)) {
            return FilterReason.PATH;
        }
        boolean failed = record.syscall.isFailure(record.result, true);
        return filters.result().accepts(failed) ? null : FilterReason.RESULT;
    }
}
