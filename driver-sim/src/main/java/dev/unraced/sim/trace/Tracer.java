// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Syscall;
import dev.unraced.ring.CallerLedger;
import dev.unraced.ring.SourceStats;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.sim.net.Heed;
import java.util.Set;

/**
 * The observer of a simulated kernel, as {@code unraced.bpf.c} is of the real one. At entry it stashes the call's
 * arguments; under <em>kernel</em> it replaces them by the kernel's own copy. At the return it adds the result and the
 * object that the call acted on, and writes one record (R1.1).
 *
 * <p>Runs within the kernel's steps, so that calls of many threads do not mix (R1.13); other threads synchronise on the
 * kernel.
 */
public final class Tracer implements Tracepoints {
    private final Kernel kernel;
    /** The watched calls: the bit at each call's code. */
    private final int watched;

    private final CallFilter filter;
    private final CallerLedger ledger;
    private final EventLimits limits;
    private final CallStash stash;
    private final Emitter emitter;
    private final ProcessEmitter processes;
    private final boolean processEvents;
    private final Set<Precaution> precautions;
    private final ObjectReader objects;
    private final CallsUnderWay underWay;
    private final RecordBuilder record = new RecordBuilder();
    private final ArgumentCapture arguments;
    private final TraceListener listener;
    private final CallCompletion completion;
    private Mitigation mitigation;
    /**
     * Set once kernel copies were wanted: calls that entered under kernel may be under way after the mode has changed.
     */
    private boolean takesCopies;

    private boolean enterEvents;
    private long returned;
    private long entered;

    Tracer(Kernel kernel, TraceSettings settings, Seams seams, CallerLedger ledger, RecordSink sink) {
        this.ledger = ledger;
        this.limits = new EventLimits(settings.limits(), ledger);
        this.kernel = kernel;
        this.precautions = seams.precautions();
        this.listener = seams.listener();
        this.arguments = new ArgumentCapture(record, listener);
        this.objects = new ObjectReader(precautions, listener);
        this.completion = new CallCompletion(record, arguments, objects, precautions, settings.integrity());
        this.underWay = new CallsUnderWay(precautions);
        this.watched =
                settings.syscalls().stream().mapToInt(call -> 1 << call.code()).sum();
        this.filter = new CallFilter(kernel, settings);
        this.stash = new CallStash(settings.policy(), settings.stashEntries(), settings.stashLongPaths(), seams);
        RecordSink records = seams.sink().apply(sink);
        this.emitter = new Emitter(records);
        this.processes = new ProcessEmitter(kernel, limits, records);
        this.processEvents = settings.processEvents();
        switchTo(settings.mitigation());
        this.enterEvents = settings.enterEvents();
    }

    private boolean takes(Precaution precaution) {
        return precautions.contains(precaution);
    }

    /** Prepares the tracer right before it is attached. */
    void begin() {
        underWay.begin(kernel);
        if (processEvents) {
            processes.alive();
        }
    }

    /** Ends a connect that is over, or that was looked at before the next request can disturb it. */
    private void endConnect(Task caller, Call call) {
        ConnectsUnderWay.Connect ended = underWay.endConnect(caller, call);
        if (ended == null) {
            return;
        }
        boolean isShared = ended.overlapped && takes(Precaution.OVERLAPS);
        record.isHeeded = ended.heed == Heed.ALWAYS || (ended.heed == Heed.IF_ALONE && !isShared);
        record.flag(EventFlag.SOCKET_SHARED, isShared);
    }

    Mitigation mitigation() {
        return mitigation;
    }

    /** Changes the mode for calls that enter from now on (R12.1, R12.3). A call keeps the mode of its entry (R12.2). */
    void switchTo(Mitigation mode) {
        mitigation = mode;
        takesCopies |= mode == Mitigation.KERNEL;
    }

    boolean enterEvents() {
        return enterEvents;
    }

    /** Begins or ends enter events (R12.6). */
    void publishEnterEvents(boolean publish) {
        enterEvents = publish;
    }

    EventFilters filters() {
        return filter.inForce().filters();
    }

    void filterBy(EventFilters filters) {
        filter.filterBy(filters);
    }

    /** Returns the part of the statistics that is the observer's: all but the ring. */
    SourceStats.Builder stats() {
        return SourceStats.builder()
                .returned(returned)
                .entered(entered)
                .processEvents(processes.made())
                .lost(LossReason.RATE_LIMITED, limits.exceeded())
                .filtered(filter.counts().counted())
                .stashBytes(stash.byteSize())
                .stash(stash.stats())
                .heaviest(ledger.heaviest());
    }

    /** Reclaims the stash entries of calls under way (R6.5). */
    void end() {
        stash.clear();
    }

    /**
     * Begins a call. One that the kernel restarts enters again (R1.4), and one that a tracer rewrites is seen after
     * that (R1.16).
     */
    @Override
    public void enter(Task task, Call call) {
        if (!isWatched(call)) {
            return;
        }
        underWay.entered(task, call);
        noteFilters(call);
        boolean stashed = mitigation != Mitigation.OFF;
        if (!(stashed || enterEvents) || isLeftOut(task, call)) {
            return;
        }
        arguments.begin(task, call, mitigation, kernel.clock().now());
        arguments.enter(task, call);
        boolean accepted = CallFilter.acceptsPath(filter.of(call).filters(), call, record);
        if (enterEvents && accepted) {
            entered++;
            if (isAdmitted(task)) {
                emitter.emitEnter(task, call, record);
            }
        }
        // Under kernel the kernel's copy decides whether the path passes the filter.
        if (stashed && (accepted || mitigation == Mitigation.KERNEL)) {
            stash.put(task, call, record);
        }
    }

    /** Begins a request of an io_uring, an event of the thread that submits it (R1.14). */
    @Override
    public void submitted(Task task, Call request) {
        lookAtLatest(task);
        if (!isWatched(request)) {
            return;
        }
        underWay.submitted(task, request);
        noteFilters(request);
        if (isLeftOut(task, request)) {
            return;
        }
        arguments.begin(task, request, mitigation, kernel.clock().now());
        arguments.mergeKernelCopies(request);
        arguments.enter(task, request);
        stash.put(task, request, record);
    }

    @Override
    public void submittedOther(Task task) {
        lookAtLatest(task);
    }

    /**
     * Reads the object of the latest request when its submitter submits the next one (R2.42). The kernel posts
     * completions after a whole batch; by then a later request may have replaced the opened file, or connected the
     * socket again. Nothing runs between two requests of a batch, unless the table is shared.
     */
    private void lookAtLatest(Task submitter) {
        Call request = underWay.takeLatest(submitter);
        if (request == null
                || !request.isIssued()
                || request.isDone()
                || request.isOnWorker()
                || !takes(Precaution.BATCHES)
                || isLeftOut(submitter, request)) {
            return;
        }
        int found = takeOrBegin(submitter, request, mitigation);
        endConnect(submitter, request);
        if (!record.hasObject && ObjectReader.isExpected(request, request.result())) {
            objects.describeByDescriptor(submitter, request, record);
        }
        keep(found, submitter, request);
    }

    @Override
    public boolean look(Task task, Call call) {
        if (call.syscall() == Syscall.CONNECT
                || !isWatched(call)
                || !ObjectReader.isExpected(call, call.result())
                || isLeftOut(task, call)) {
            return false;
        }
        int found = stash.peek(task, call, record);
        OpenFile file;
        if (call.isIssued()) {
            file = found >= 0 && record.hasObject ? null : task.descriptor((int) call.result());
        } else {
            Mitigation mode = found < 0 ? mitigation : record.mitigation;
            file = mode == Mitigation.KERNEL ? call.file() : null;
        }
        return file != null && objects.look(task, call, file);
    }

    @Override
    public void worked(Task task, Call call) {
        Task caller = call.caller(task);
        if (!isWatched(call)) {
            return;
        }
        OpenFile connected = call.syscall() == Syscall.CONNECT ? call.file() : null;
        if (connected != null) {
            underWay.connected(caller, call, connected);
        }
        if (!takesCopies || isLeftOut(caller, call)) {
            return;
        }
        int found = stash.peek(caller, call, record);
        // A call keeps the mode of its entry; a call without a stash entry has the current mode.
        Mitigation mode = found < 0 ? mitigation : record.mitigation;
        if (mode != Mitigation.KERNEL) {
            return;
        }
        found = takeOrBegin(caller, call, mode);
        arguments.mergeKernelCopies(call);
        record.namespace = task.fs().namespace().number();
        OpenFile file = call.file();
        if (file != null && ObjectReader.isExpected(call, call.result())) {
            // The file comes from the kernel, not from the descriptor, which other tasks could have replaced.
            record.flags &= ~EventFlag.FD_TABLE_SHARED.mask();
            objects.describe(caller, call, file, record);
        }
        keep(found, caller, call);
    }

    /** Takes the record of a call, or begins one without the entry; returns what the stash answered. */
    private int takeOrBegin(Task caller, Call call, Mitigation mode) {
        int found = stash.take(caller, call, record);
        if (found < 0) {
            arguments.begin(caller, call, mode, 0);
            missed(found);
        }
        return found;
    }

    private void missed(int reason) {
        record.flagMissedEntry(reason);
        listener.missed(reason);
    }

    /** Keeps a record that was read in the midst of a call. */
    private void keep(int found, Task caller, Call call) {
        if (found < 0) {
            stash.putLate(caller, call, record);
        } else {
            stash.put(caller, call, record);
        }
    }

    @Override
    public void exit(Task task, Call call) {
        complete(task, task, call);
    }

    @Override
    public void completed(Task task, Call request) {
        complete(request.caller(task), task, request);
    }

    @Override
    public void forked(TaskGroup forker, Task child) {
        FilterReason reason = filter.reason(filter.inForce(), forker);
        // A child of the capturing process is another process (R16.7).
        if (processEvents && (reason == null || reason == FilterReason.SELF)) {
            processes.forked(forker, child);
        }
    }

    @Override
    public void executed(Task task, int before) {
        if (processEvents && filter.reason(filter.inForce(), task.group()) == null) {
            processes.executed(task, before);
        }
    }

    @Override
    public void execFailed(Task task, ExecCall call, byte[] path, int atFlags, int error) {
        if (processEvents && filter.reason(filter.inForce(), task.group()) == null) {
            processes.failed(task, mitigation, call, path, atFlags, error);
        }
    }

    @Override
    public void processExit(Task last) {
        if (processEvents && filter.reason(filter.inForce(), last.group()) == null) {
            processes.ended(last);
        }
    }

    /** Removes what is left of the thread's call (R6.1, R6.2), also when another thread executes (R4.2). */
    @Override
    public void threadExit(Task task) {
        stash.discard(task);
        underWay.threadEnded(task);
        Call carried = task.call();
        if (carried != null) {
            filter.ends(carried);
            objects.remove(carried);
            if (carried.origin() == Origin.IO_URING) {
                stash.discard(carried);
            }
        }
    }

    /**
     * Completes a call that is over. A call without an entry is an event, too (R5.1, R5.2), and so is one that a signal
     * interrupted (R6.3).
     *
     * @param doer the task that carried the call out: the caller, or a kernel thread
     */
    private void complete(Task caller, Task doer, Call call) {
        if (!isWatched(call)) {
            return;
        }
        returned++;
        CallFilter.Found by = filter.ends(call);
        int found = stash.take(caller, call, record);
        EntryTraces.Execution execution = underWay.execution(caller, call, found >= 0);
        boolean isOvertaken = !underWay.endLatest(caller, call);
        if (found < 0) {
            FilterReason whose = filter.reason(by, caller.group());
            if (whose != null) {
                filter.counts().count(whose);
                underWay.endConnect(caller, call);
                objects.remove(call);
                return;
            }
            arguments.begin(caller, call, mitigation, 0);
            if (mitigation != Mitigation.OFF) {
                missed(found);
            }
        }
        OpenFile connected = call.block() == 0 ? null : underWay.connectedFile(caller, call);
        endConnect(caller, call);
        record.flag(EventFlag.NOT_EXECUTED, execution == EntryTraces.Execution.REFUSED);
        record.flag(EventFlag.EXECUTION_UNKNOWN, execution == EntryTraces.Execution.UNKNOWN);
        boolean isUnseen = found < 0 && call.origin() == Origin.SYSCALL && execution != EntryTraces.Execution.REFUSED;
        if (isUnseen && !record.hasObject && underWay.wasTableShared(caller)) {
            // A task that shared the table at the entry may have replaced the descriptor, and left.
            record.flag(EventFlag.FD_TABLE_SHARED);
        }
        if (call.isOnWorker() && !record.hasObject) {
            // While the worker worked, the submitter could put another file behind the descriptor.
            record.flag(EventFlag.FD_TABLE_SHARED);
        }
        boolean isTooLate =
                call.origin() == Origin.IO_URING && !call.isOnWorker() && isOvertaken && takes(Precaution.BATCHES);
        // The descriptor of socketcall(2) lies in memory, which another process may have rewritten and restored.
        boolean isUnproven = call.block() != 0 && takes(Precaution.BLOCKS);
        if (isUnproven && connected != null && !record.hasObject && ObjectReader.isExpected(call, call.result())) {
            objects.describe(caller, call, connected, record);
        }
        completion.finish(caller, call, found >= 0, isTooLate || isUnproven);
        objects.remove(call);
        completion.compareNamespaces(caller, doer, call);
        FilterReason reason = CallFilter.reason(by.filters(), call, record);
        if (reason != null) {
            filter.counts().count(reason);
        } else if (isAdmitted(caller)) {
            emitter.emit(caller, call, record, kernel.clock().now());
        }
    }

    /**
     * Returns whether an event is within its caller's limits; the sequence number of an event beyond them is skipped.
     */
    private boolean isAdmitted(Task caller) {
        boolean isAdmitted = limits.admits(caller.group(), kernel.clock().now());
        if (!isAdmitted) {
            emitter.skip();
        }
        return isAdmitted;
    }

    private void noteFilters(Call call) {
        if (takes(Precaution.FILTERS_OF_ENTRY)) {
            filter.enters(call);
        }
    }

    /** Returns whether the filters leave out the caller of a call, which then takes no entry (R7.2). */
    private boolean isLeftOut(Task caller, Call call) {
        return filter.reason(filter.of(call), caller.group()) != null;
    }

    /** Returns whether the configuration asks for a call (R1.9). */
    private boolean isWatched(Call call) {
        return (watched >>> call.syscall().code() & 1) != 0;
    }
}
