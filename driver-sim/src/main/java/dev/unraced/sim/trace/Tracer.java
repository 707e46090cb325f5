// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.driver.FilterReason;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.ring.CallerLedger;
import dev.unraced.ring.CallerLimits;
import dev.unraced.sim.fs.Location;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.sim.net.Socket;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.StashStats;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The observer of a simulated kernel, as {@code unraced.bpf.c} is of the real one. At entry it stashes the call's
 * arguments; under <em>kernel</em> it replaces them by the kernel's own copy. At the return it adds the result and the
 * object that the call acted on, and writes one record.
 *
 * <p>Runs within the kernel's steps; other threads synchronise on the kernel.
 */
public final class Tracer implements Tracepoints {
    /** This bit keeps the keys of io_uring requests apart from those of threads. */
    private static final long REQUEST_KEY = 1L << 40;

    private final Kernel kernel;
    private final TraceSettings settings;
    /** The watched calls: the bit at each call's code. */
    private final int watched;

    private final CallFilter filter;
    private final CallerLimits limits;
    private final CallerLedger ledger;
    private final CallStash stash;
    private final Emitter emitter;
    private final ArgumentReader reader = new ArgumentReader();
    private final Set<Precaution> precautions;
    private final Truth truth;
    private final ConnectsUnderWay connects;
    /** The latest request that each thread submitted, until the thread submits another one. */
    private final IdentityHashMap<Task, Call> latest = new IdentityHashMap<>();

    private EntryTraces traces;
    private final Draft draft = new Draft();
    private Mitigation mitigation;
    /**
     * Set once kernel copies were wanted: calls that entered under kernel may be under way after the mode has changed.
     */
    private boolean takesCopies;

    private boolean enterEvents;
    private long returned;
    private long entered;
    private long limited;

    Tracer(Kernel kernel, TraceSettings settings, Seams seams, CallerLedger ledger, RecordSink sink) {
        this.ledger = ledger;
        this.limits = new CallerLimits(
                settings.limits().userIntervalNanos(), settings.limits().cgroupIntervalNanos());
        this.kernel = kernel;
        this.settings = settings;
        this.precautions = seams.precautions();
        this.truth = new Truth(takes(Precaution.SECOND_WALKS));
        this.connects = new ConnectsUnderWay();
        this.traces = new EntryTraces(0);
        this.watched =
                settings.syscalls().stream().mapToInt(call -> 1 << call.code()).sum();
        this.filter = new CallFilter(kernel, settings);
        this.stash =
                new CallStash(settings.policy(), settings.stashEntries(), settings.stashLongPaths(), seams.stash());
        this.emitter = new Emitter(seams.sink().apply(sink));
        mitigation(settings.mitigation());
        this.enterEvents = settings.enterEvents();
    }

    private boolean takes(Precaution precaution) {
        return precautions.contains(precaution);
    }

    /**
     * Prepares the tracer right before it is attached. Threads that are in connects now may overlap with connects that
     * it will see enter.
     */
    void begin() {
        traces = new EntryTraces(kernel.clock().now());
        for (Task task : kernel.tasks()) {
            Call call = task.call();
            if (call != null && call.syscall() == Syscall.CONNECT) {
                Task caller = call.caller(task);
                connects.on(key(caller, call), socketOf(caller, call));
            }
        }
    }

    /** Returns the socket that the kernel found for a connect; before that, the socket behind the descriptor. */
    private static @Nullable Socket socketOf(Task caller, Call call) {
        OpenFile found = call.file();
        if (found == null && call.block() != 0) {
            // The block may name another descriptor now than the kernel will take.
            return null;
        }
        return Truth.socket(found == null ? caller.descriptor((int) call.register(0)) : found);
    }

    private void noteConnect(Task caller, Call call) {
        if (call.syscall() == Syscall.CONNECT) {
            connects.on(key(caller, call), socketOf(caller, call));
        }
    }

    /** Ends a connect that is over, or that was looked at before the next request can disturb it. */
    private void endConnect(Task caller, Call call) {
        if (call.syscall() == Syscall.CONNECT && connects.end(key(caller, call)) && takes(Precaution.OVERLAPS)) {
            draft.flag(EventFlag.SOCKET_SHARED);
        }
    }

    Mitigation mitigation() {
        return mitigation;
    }

    void mitigation(Mitigation mode) {
        mitigation = mode;
        takesCopies |= mode == Mitigation.KERNEL;
    }

    boolean enterEvents() {
        return enterEvents;
    }

    void enterEvents(boolean publish) {
        enterEvents = publish;
    }

    /** The number of enter events made. */
    long entered() {
        return entered;
    }

    /** The number of watched calls that returned. */
    long returned() {
        return returned;
    }

    /** The number of events beyond a limit of their user or cgroup. */
    long limited() {
        return limited;
    }

    Map<FilterReason, Long> filtered() {
        return filter.counted();
    }

    StashStats stashStats() {
        return stash.stats();
    }

    long stashBytes() {
        return stash.byteSize();
    }

    /** Reclaims the stash entries of calls under way. */
    void end() {
        stash.clear();
    }

    @Override
    public void enter(Task task, Call call) {
        if (!isWatched(call)) {
            return;
        }
        traces.enter(task);
        noteConnect(task, call);
        boolean stashed = mitigation != Mitigation.OFF;
        if (!(stashed || enterEvents) || filter.reason(task.group()) != null) {
            return;
        }
        snapshot(task, call);
        boolean accepted = filter.acceptsPath(call, draft);
        if (enterEvents && accepted) {
            entered++;
            if (isAdmitted(task)) {
                emitter.emitEnter(task, call, draft);
            }
        }
        // Under kernel the kernel's copy decides whether the path passes the filter.
        if (stashed && (accepted || mitigation == Mitigation.KERNEL)) {
            put(task.tid(), task, call);
        }
    }

    @Override
    public void submitted(Task task, Call request) {
        lookAtLatest(task);
        if (!isWatched(request)) {
            return;
        }
        latest.put(task, request);
        noteConnect(task, request);
        if (filter.reason(task.group()) != null) {
            return;
        }
        begin(task, request, mitigation, kernel.clock().now());
        adoptCopies(request);
        noteEntry(task, request);
        put(REQUEST_KEY + request.request(), task, request);
    }

    @Override
    public void submittedOther(Task task) {
        lookAtLatest(task);
    }

    /**
     * Reads the object of the latest request when its submitter submits the next one. The kernel posts completions
     * after a whole batch; by then a later request may have replaced the opened file, or connected the socket again.
     * Nothing runs between two requests of a batch, unless the table is shared.
     */
    private void lookAtLatest(Task submitter) {
        Call request = latest.remove(submitter);
        if (request == null
                || !request.isIssued()
                || request.isDone()
                || request.isOnWorker()
                || !takes(Precaution.BATCHES)
                || filter.reason(submitter.group()) != null) {
            return;
        }
        long key = key(submitter, request);
        int found = take(key, submitter, request);
        if (found < 0) {
            begin(submitter, request, mitigation, 0);
            missed(found);
        }
        endConnect(submitter, request);
        if (!draft.hasTruth && Truth.isExpected(request, request.result())) {
            OpenFile file = Truth.byDescriptor(submitter, request, draft);
            if (file != null) {
                truth.describe(submitter, request, file, draft);
            }
        }
        keep(found, key, submitter, request);
    }

    @Override
    public boolean look(Task task, Call call) {
        if (call.syscall() == Syscall.CONNECT
                || !isWatched(call)
                || !Truth.isExpected(call, call.result())
                || filter.reason(task.group()) != null) {
            return false;
        }
        int found = stash.peek(key(task, call), task.startNanos(), code(call), draft);
        OpenFile file;
        if (call.isIssued()) {
            file = found >= 0 && draft.hasTruth ? null : task.descriptor((int) call.result());
        } else {
            Mitigation mode = found < 0 ? mitigation : draft.mitigation;
            file = mode == Mitigation.KERNEL ? call.file() : null;
        }
        return file != null && truth.look(task, call, file);
    }

    @Override
    public void worked(Task task, Call call) {
        Task caller = call.caller(task);
        if (!isWatched(call)) {
            return;
        }
        OpenFile connected = call.syscall() == Syscall.CONNECT ? call.file() : null;
        if (connected != null) {
            connects.took(key(caller, call), connected, Truth.socket(connected));
        }
        if (!takesCopies || filter.reason(caller.group()) != null) {
            return;
        }
        long key = key(caller, call);
        int found = stash.peek(key, caller.startNanos(), code(call), draft);
        // A call keeps the mode of its entry; a call without a stash entry has the current mode.
        Mitigation mode = found < 0 ? mitigation : draft.mitigation;
        if (mode != Mitigation.KERNEL) {
            return;
        }
        found = take(key, caller, call);
        if (found < 0) {
            begin(caller, call, mode, 0);
            missed(found);
        }
        adoptCopies(call);
        draft.namespace = task.fs().namespace().number();
        OpenFile file = call.file();
        if (file != null && Truth.isExpected(call, call.result())) {
            // The file comes from the kernel, not from the descriptor, which other tasks could have replaced.
            draft.flags &= ~EventFlag.FD_TABLE_SHARED.mask();
            truth.describe(caller, call, file, draft);
        }
        keep(found, key, caller, call);
    }

    /** Keeps a draft that was read in the midst of a call. */
    private void keep(int found, long key, Task caller, Call call) {
        if (found < 0) {
            stash.putLate(key, caller.startNanos(), code(call), draft);
        } else {
            put(key, caller, call);
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
    public void threadExit(Task task) {
        stash.discard(task.tid());
        connects.end(task.tid());
        traces.end(task);
        latest.remove(task);
        Call carried = task.call();
        if (carried != null) {
            truth.forget(carried);
            if (carried.origin() == Origin.IO_URING) {
                stash.discard(REQUEST_KEY + carried.request());
                connects.end(REQUEST_KEY + carried.request());
            }
        }
    }

    /**
     * Completes a call that is over.
     *
     * @param doer the task that carried the call out: the caller, or a kernel thread
     */
    private void complete(Task caller, Task doer, Call call) {
        if (!isWatched(call)) {
            return;
        }
        returned++;
        int found = take(key(caller, call), caller, call);
        EntryTraces.Execution execution = execution(caller, call, found);
        boolean isOvertaken = latest.get(caller) != call;
        if (!isOvertaken) {
            latest.remove(caller);
        }
        if (found < 0) {
            FilterReason whose = filter.reason(caller.group());
            if (whose != null) {
                filter.count(whose);
                connects.end(key(caller, call));
                truth.forget(call);
                return;
            }
            begin(caller, call, mitigation, 0);
            if (mitigation != Mitigation.OFF) {
                missed(found);
            }
        }
        OpenFile connected = call.block() == 0 ? null : connects.taken(key(caller, call));
        endConnect(caller, call);
        switch (execution) {
            case REFUSED -> draft.flag(EventFlag.NOT_EXECUTED);
            case UNKNOWN -> draft.flag(EventFlag.EXECUTION_UNKNOWN);
            case RAN -> {
                // The call ran, which is the usual case.
            }
        }
        if (call.isOnWorker() && !draft.hasTruth) {
            // While the worker worked, the submitter could put another file behind the descriptor.
            draft.flag(EventFlag.FD_TABLE_SHARED);
        }
        boolean isTooLate =
                call.origin() == Origin.IO_URING && !call.isOnWorker() && isOvertaken && takes(Precaution.BATCHES);
        // The descriptor of socketcall(2) lies in memory, which another process may have rewritten and restored.
        boolean isUnproven = call.block() != 0 && takes(Precaution.BLOCKS);
        if (isUnproven && connected != null && !draft.hasTruth && Truth.isExpected(call, call.result())) {
            truth.describe(caller, call, connected, draft);
        }
        finish(caller, call, found >= 0, isTooLate || isUnproven);
        truth.forget(call);
        compareNamespaces(caller, doer, call);
        FilterReason reason = filter.reason(call, draft);
        if (reason != null) {
            filter.count(reason);
        } else if (isAdmitted(caller)) {
            emitter.emit(caller, call, draft, kernel.clock().now());
        }
    }

    /**
     * Returns whether an event is within its caller's limits. An event beyond them is counted as lost, and its sequence
     * number is skipped.
     */
    private boolean isAdmitted(Task caller) {
        if (!settings.limits().isOn()) {
            return true;
        }
        TaskGroup group = caller.group();
        if (limits.admits(group.uid(), group.cgroupId(), kernel.clock().now())) {
            return true;
        }
        limited++;
        ledger.add(group.uid(), group.cgroupId());
        emitter.skip();
        return false;
    }

    /**
     * Returns whether a call ran. A request that completes ran, or failed; for a call, the thread's trace decides. An
     * observer without traces takes a pending signal and a result equal to the call's number for a refusal.
     */
    private EntryTraces.Execution execution(Task caller, Call call, int found) {
        if (call.origin() == Origin.IO_URING) {
            return EntryTraces.Execution.RAN;
        }
        EntryTraces.Execution traced = traces.exit(caller);
        if (takes(Precaution.ENTRY_TRACES)) {
            return traced;
        }
        boolean looksRefused = found < 0 && call.result() == call.number() && caller.isSigsysPending();
        return looksRefused ? EntryTraces.Execution.REFUSED : EntryTraces.Execution.RAN;
    }

    /**
     * Compares the mount namespace in which the path was looked up with the caller's current one, which the event
     * names.
     */
    private void compareNamespaces(Task caller, Task doer, Call call) {
        if (!takes(Precaution.NAMESPACES)) {
            draft.flags &= call.isOnWorker() ? ~EventFlag.FOREIGN_MOUNT_NS.mask() : ~0;
            return;
        }
        if (call.syscall() == Syscall.CONNECT || draft.has(EventFlag.NOT_EXECUTED)) {
            return;
        }
        long named = caller.group().mountNamespace();
        boolean isElsewhere = call.isOnWorker()
                ? doer.fs().namespace().number() != named
                : draft.namespace != 0 && draft.namespace != named;
        if (isElsewhere) {
            draft.flag(EventFlag.FOREIGN_MOUNT_NS);
        }
    }

    /**
     * Reads missing arguments at the return, finds the object that the call acted on, and compares.
     *
     * @param isUnproven whether the descriptor may lead to another object than the call's
     */
    private void finish(Task caller, Call call, boolean entered, boolean isUnproven) {
        boolean present = draft.isPresent();
        reader.memory(call, caller.group().memory(), draft, Provenance.EXIT);
        if (!entered) {
            // No read was tried at entry, so a fault at the return is not reported.
            draft.flags &= ~EventFlag.FAULTED.mask();
        }
        if (draft.has(EventFlag.NOT_EXECUTED)) {
            draft.forgetTruth();
            return;
        }
        boolean describable = Truth.isExpected(call, call.result());
        OpenFile file = null;
        if (describable && !draft.hasTruth && !isUnproven) {
            file = Truth.byDescriptor(caller, call, draft);
            if (file != null) {
                truth.describe(caller, call, file, draft);
            }
        }
        if (describable && !draft.hasTruth && (isUnproven || takes(Precaution.BATCHES))) {
            draft.flag(EventFlag.OBJECT_MISSED);
        }
        if (settings.integrity() && draft.mitigation != Mitigation.OFF) {
            judge(caller, call, file, present, entered);
        }
    }

    private void judge(Task caller, Call call, @Nullable OpenFile file, boolean present, boolean entered) {
        if (present && entered && call.origin() == Origin.SYSCALL && draft.provenance == Provenance.ENTER) {
            compareWithExit(caller, call);
        }
        if (!draft.isPresent() || draft.integrity != Integrity.UNCHECKED || !draft.hasTruth) {
            return;
        }
        if (call.syscall() == Syscall.CONNECT) {
            draft.integrity = Proof.ofAddress(draft, takes(Precaution.SCOPES));
        } else if (file != null && !draft.has(EventFlag.TRUNCATED)) {
            draft.integrity = Proof.ofPath(draft, file, truth.scansLeft());
        }
        boolean isSure = entered && !draft.has(EventFlag.FD_TABLE_SHARED) && !draft.has(EventFlag.SOCKET_SHARED);
        if (draft.integrity == Integrity.MATCH && !isSure) {
            // Another task could have put the claimed object behind the descriptor, or chosen the peer. A table that
            // was not shared at entry was not shared until the return: its only user was in the call.
            draft.integrity = Integrity.UNCHECKED;
        }
    }

    /** Compares memory with the arguments of the entry: memory that differs was rewritten while the call ran. */
    private void compareWithExit(Task caller, Call call) {
        AddressSpace memory = caller.group().memory();
        if (call.syscall() == Syscall.CONNECT) {
            if (draft.howProvenance == Provenance.ENTER && reader.blockDiffers(call, memory, draft)) {
                draft.howIntegrity = Integrity.CHANGED;
            }
            if (memory.differsCarefully(draft.pointer, draft.argument, draft.length)) {
                draft.integrity = Integrity.CHANGED;
            }
            return;
        }
        long pointer = ArgumentReader.pathPointer(call);
        if (memory.stringDiffersCarefully(pointer, draft.argument, draft.length, draft.argument.length)) {
            draft.integrity = Integrity.CHANGED;
        }
        if (draft.howProvenance == Provenance.ENTER && reader.howDiffers(call, memory, draft)) {
            draft.howIntegrity = Integrity.CHANGED;
        }
    }

    private void snapshot(Task task, Call call) {
        begin(task, call, mitigation, kernel.clock().now());
        noteEntry(task, call);
    }

    /** Reads the arguments that the kernel has not copied yet, and the state at entry. */
    private void noteEntry(Task task, Call call) {
        reader.memory(call, task.group().memory(), draft, Provenance.ENTER);
        if (task.group().descriptors().isShared()) {
            draft.flag(EventFlag.FD_TABLE_SHARED);
        }
        if (call.syscall() == Syscall.CONNECT) {
            Socket socket = socketOf(task, call);
            draft.boundDevice = socket == null ? 0 : socket.device();
        } else {
            draft.namespace = task.group().mountNamespace();
        }
    }

    private void begin(Task task, Call call, Mitigation mode, long nanos) {
        draft.begin(mode, nanos);
        reader.registers(call, draft);
        if (call.syscall() != Syscall.CONNECT) {
            start(task);
        }
    }

    /** Remembers the start of the path: the descriptor or the working directory may change later. */
    private void start(Task task) {
        Location root = task.fs().root();
        draft.rootMount = root.mountNumber();
        draft.rootDentry = root.dentryNumber();
        Location from = draft.dirfd == ArgumentReader.AT_FDCWD
                ? task.fs().cwd()
                : locationOf(task.group().descriptors().get(draft.dirfd));
        if (from != null) {
            draft.startMount = from.mountNumber();
            draft.startDentry = from.dentryNumber();
        }
    }

    private static @Nullable Location locationOf(@Nullable OpenFile file) {
        return file == null ? null : file.location();
    }

    /** Takes the kernel's copies, on which the call acts; a copy that differs from the snapshot reveals an attack. */
    private void adoptCopies(Call call) {
        byte[] copy = call.syscall() == Syscall.CONNECT ? call.kernelAddress() : call.kernelPath();
        if (copy != null) {
            boolean changed = draft.provenance == Provenance.ENTER && !draft.isArgument(copy, copy.length);
            System.arraycopy(copy, 0, draft.argument, 0, copy.length);
            draft.length = copy.length;
            draft.provenance = Provenance.KERNEL;
            draft.integrity = changed ? Integrity.CHANGED : Integrity.MATCH;
        }
        long[] block = call.kernelBlock();
        if (block != null) {
            boolean changed = draft.howProvenance == Provenance.ENTER
                    && (block[0] != draft.dirfd || block[1] != draft.pointer || block[2] != draft.addrlen);
            draft.dirfd = (int) block[0];
            draft.pointer = block[1];
            draft.addrlen = (int) block[2];
            draft.flags &= ~EventFlag.TRUNCATED.mask();
            draft.howProvenance = Provenance.KERNEL;
            draft.howIntegrity = changed ? Integrity.CHANGED : Integrity.MATCH;
        }
        long[] how = call.kernelHow();
        if (how != null) {
            boolean changed = draft.howProvenance == Provenance.ENTER
                    && !Arrays.equals(how, new long[] {draft.openFlags, draft.mode, draft.resolve});
            draft.openFlags = how[0];
            draft.mode = how[1];
            draft.resolve = how[2];
            draft.howProvenance = Provenance.KERNEL;
            draft.howIntegrity = changed ? Integrity.CHANGED : Integrity.MATCH;
        }
    }

    private void missed(int found) {
        draft.flag(EventFlag.ENTER_MISSED);
        if (found == ArgStash.REFUSED) {
            draft.flag(EventFlag.STASH_FULL);
        } else if (found == ArgStash.EVICTED) {
            draft.flag(EventFlag.EVICTED);
        }
    }

    private void put(long key, Task task, Call call) {
        stash.put(key, task.startNanos(), code(call), draft);
    }

    private int take(long key, Task task, Call call) {
        return stash.take(key, task.startNanos(), code(call), draft);
    }

    private boolean isWatched(Call call) {
        return (watched >>> call.syscall().code() & 1) != 0;
    }

    private static long key(Task caller, Call call) {
        return call.origin() == Origin.IO_URING ? REQUEST_KEY + call.request() : caller.tid();
    }

    /** Returns a code of the call and its convention. */
    private static int code(Call call) {
        return call.syscall().code() << 8 | call.abi().code();
    }
}
