// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.config.EventFilters;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.ebpf.libbpf.KernelFileSystem;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Mapping;
import dev.unraced.ebpf.libbpf.PerfEvent;
import dev.unraced.ebpf.libbpf.ProgramInfo;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.natives.LibC;
import dev.unraced.ring.LossLedgers;
import dev.unraced.ring.OwnedResources;
import dev.unraced.ring.PerCpuCounters;
import dev.unraced.ring.RecordReader;
import dev.unraced.ring.RingSource;
import dev.unraced.ring.SourceStats;
import dev.unraced.settings.CallHooks;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The loaded and attached programs, and the memory shared with them. Each capture has its own (R15.9), and leaves
 * nothing of them behind (R13.1).
 */
final class EbpfSource implements RingSource {

    /**
     * Memory of a thread's own slot: 512 bytes for the slot with the kernel's header, 256 for the thread's list of
     * storages.
     */
    private static final long OWN_SLOT_BYTES = 768;

    private final EbpfSettings settings;
    private final BpfObject object;
    private final WakeupNotifier notifier;
    private final OwnedResources owned;
    private final Control control;
    private final SourceFilters filters;
    private final PerCpuCounters counters;
    private final LossLedgers ledgers;
    private final RecordReader reader;
    private final @Nullable ProcessPrograms processes;
    private final long ringBytes;
    private final long stashBytes;
    private @Nullable KernelCopy kernelCopy;
    private long missedAtStop = -1;
    private long missedProcessesAtStop;

    private EbpfSource(
            EbpfSettings settings,
            BpfObject object,
            WakeupNotifier notifier,
            OwnedResources owned,
            Control control,
            SourceFilters filters,
            PerCpuCounters counters,
            LossLedgers ledgers,
            RecordReader reader,
            @Nullable ProcessPrograms processes) {
        this.settings = settings;
        this.object = object;
        this.notifier = notifier;
        this.owned = owned;
        this.control = control;
        this.filters = filters;
        this.counters = counters;
        this.ledgers = ledgers;
        this.reader = reader;
        this.processes = processes;
        this.ringBytes = Rings.bytes(settings, counters.rows());
        this.stashBytes = object.memory("slots")
                + object.memory("stash")
                + object.memory("long_stash")
                + object.memory("refused")
                + object.memory("connecting_sockets")
                + object.memory("requested_sockets")
                + object.memory("copies")
                + object.memory("resolved_objects")
                + object.memory("requests")
                + object.memory("long_requests")
                + object.memory("pending")
                + object.memory("request_traces")
                + object.memory("young_rings")
                + (settings.taskStorage() ? settings.stashEntries() * OWN_SLOT_BYTES : 0);
    }

    /** Loads, attaches and activates the programs. A failed start leaves nothing behind. */
    static EbpfSource start(EbpfSettings settings) throws EbpfFailure {
        LibBpf.bind(settings.libbpf());
        return LibBpf.quietly(() -> startByHooks(settings));
    }

    private static EbpfSource startByHooks(EbpfSettings settings) throws EbpfFailure {
        if (settings.hooks() == CallHooks.TRACEPOINT) {
            return startQuietly(settings);
        }
        String against = CallFunctions.unavailableReason();
        if (settings.isAtFunctions()) {
            if (against != null) {
                throw new CaptureException("driver ebpf: unraced.ebpf.hooks is function, but " + against
                        + ". Set it to auto or tracepoint.");
            }
            return startQuietly(settings);
        }
        EbpfSettings atTracepoints = settings.with(CallHooks.TRACEPOINT);
        if (CallFunctions.reasonNow() != null) {
            return startQuietly(atTracepoints);
        }
        try {
            EbpfSource source = startQuietly(settings.with(CallHooks.FUNCTION));
            CallFunctions.proved();
            return source;
        } catch (EbpfFailure refusal) {
            return startInstead(atTracepoints, refusal);
        }
    }

    /** Starts at tracepoints after functions failed. Functions are to blame only if tracepoints serve. */
    private static EbpfSource startInstead(EbpfSettings atTracepoints, EbpfFailure refusal) throws EbpfFailure {
        try {
            EbpfSource source = startQuietly(atTracepoints);
            CallFunctions.refused(refusal);
            return source;
        } catch (EbpfFailure e) {
            e.addSuppressed(refusal);
            throw e;
        }
    }

    private static EbpfSource startQuietly(EbpfSettings settings) throws EbpfFailure {
        int cpus = LibBpf.libbpf_num_possible_cpus();
        if (cpus < 1) {
            throw new EbpfFailure(Step.LOAD, -cpus, "the number of possible CPUs");
        }
        boolean started = false;
        OwnedResources owned = new OwnedResources();
        try {
            BpfObject object = BpfObject.load(settings, cpus);
            owned.add(object::close);
            int page = LibC.getpagesize();
            int ring = object.map("ring");
            Mapping controlMemory = map(owned, object.map("control"), 0, page, true);
            long rows = PerCpuCounters.pageBytes(ControlLayout.ROW_SIZE, cpus, page);
            Mapping counterMemory = map(owned, object.map("counters"), 0, rows, false);
            long ledgerBytes = PerCpuCounters.pageBytes(LossLedgers.SIZE, cpus, page);
            Mapping ledgerMemory = map(owned, object.map("ledgers"), 0, ledgerBytes, false);
            RecordReader reader = Rings.map(object, settings, cpus, owned);
            Control control = new Control(controlMemory.buffer());
            object.run("init_control");
            SourceFilters filters = new SourceFilters(object, control, settings.observeSelf());
            filters.begin(settings.filters());
            control.integrity(settings.integrity());
            control.blind(EntryPoints.isBlind(settings));
            control.withoutSnapshots(settings.snapshots() ? 0 : KernelCopy.WITHOUT_SNAPSHOT);
            control.ringPerCpu(settings.ringPerCpu());
            control.stash(settings.stashEntries(), settings.stashSlots(), settings.taskStorage());
            control.switchTo(settings.mitigation());
            control.publishEnterEvents(settings.enterEvents());
            control.limits(settings.limits(), new SecureRandom().nextInt());
            control.syscalls(settings.syscalls());
            control.polledFlag(EntryPoints.polledFlag(settings, control.hasRequests()));
            control.cleanupFlag(control.hasRequests() ? EntryPoints.cleanupFlag() : 0);
            ProcessPrograms processes = attachProcesses(object, settings, owned);
            object.attach("thread_exit");
            if (!settings.isAtFunctions() && !EntryPoints.servesAllConventions(settings)) {
                attach(object, settings.syscalls());
            }
            EntryPoints.attach(object, settings, control.hasRequests());
            WakeupNotifier notifier = WakeupNotifier.of(ring);
            owned.add(notifier::close);
            EbpfSource source = new EbpfSource(
                    settings,
                    object,
                    notifier,
                    owned,
                    control,
                    filters,
                    new PerCpuCounters(counterMemory.buffer(), ControlLayout.ROW_SIZE, cpus),
                    new LossLedgers(ledgerMemory.buffer(), cpus),
                    reader,
                    processes);
            if (settings.mitigation() == Mitigation.KERNEL) {
                source.attachKernelCopy();
            }
            control.active(true);
            if (EntryPoints.missesNone(settings)) {
                object.run("entries_begin");
            }
            started = true;
            return source;
        } finally {
            if (!started) {
                owned.close();
            }
        }
    }

    /**
     * Attaches the programs of process events, if they are configured. The events of the processes that are there come
     * before all events of calls.
     */
    private static @Nullable ProcessPrograms attachProcesses(
            BpfObject object, EbpfSettings settings, OwnedResources owned) throws EbpfFailure {
        if (!settings.processEvents()) {
            return null;
        }
        ProcessPrograms processes = ProcessPrograms.attach(object, settings);
        owned.add(processes::close);
        return processes;
    }

    RecordReader reader() {
        return reader;
    }

    @Override
    public String hooks() {
        return settings.hooks().inWords();
    }

    /** Returns the settings with the hooks that this source has taken. */
    EbpfSettings settings() {
        return settings;
    }

    BpfObject object() {
        return object;
    }

    @Override
    public void arm() {
        control.readerWaiting(true);
    }

    @Override
    public void disarm() {
        control.readerWaiting(false);
    }

    @Override
    public void await(long nanos) {
        notifier.await(nanos);
    }

    @Override
    public void wake() {
        notifier.wake();
    }

    @Override
    public Mitigation mitigation() {
        return control.mitigation();
    }

    /**
     * Attaches the programs for the kernel's copies when mode kernel is first set: only captures that use them pay for
     * them.
     */
    @Override
    public void switchTo(Mitigation mode) {
        if (mode == Mitigation.KERNEL && kernelCopy == null) {
            try {
                LibBpf.quietly(this::attachKernelCopy);
            } catch (EbpfFailure e) {
                throw new CaptureException("driver ebpf has no mitigation kernel: " + refusal() + ".", e);
            }
        }
        control.switchTo(mode);
    }

    /**
     * Attaches by the first method that works for all watched calls. An earlier method may work for only some of them.
     */
    private KernelCopy attachKernelCopy() throws EbpfFailure {
        control.copies(KernelCopy.bits(settings.syscalls()));
        EbpfFailure first = null;
        for (AttachMethod method : settings.copies().methods()) {
            try {
                KernelCopy attached = KernelCopy.attach(object, method, settings.syscalls());
                owned.add(attached::close);
                kernelCopy = attached;
                return attached;
            } catch (EbpfFailure e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? new EbpfFailure(Step.ATTACH, 0, "unraced.ebpf.copies is none") : first;
    }

    private String refusal() {
        String unavailableReason = KernelProbe.copies(settings.libbpf()).unavailableReason(settings.copies());
        return unavailableReason == null
                ? "the programs that take the kernel's copies cannot be attached now"
                : unavailableReason;
    }

    @Override
    public EventFilters filters() {
        return filters.inForce();
    }

    @Override
    public void filterBy(EventFilters next) {
        try {
            filters.change(next);
        } catch (EbpfFailure e) {
            throw new CaptureException("driver ebpf cannot change its filters now: " + e.getMessage() + ".", e);
        }
    }

    @Override
    public boolean enterEvents() {
        return control.enterEvents();
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        control.publishEnterEvents(publish);
    }

    @Override
    public boolean processEvents() {
        return processes != null;
    }

    /** Reads the counters again while calls return in between, so that the statistics balance when few calls run. */
    @Override
    public SourceStats stats() {
        return SourceStats.atRest(this::readStats);
    }

    private SourceStats readStats() {
        long skipped = missedAtStop >= 0 ? missedAtStop : missedExits();
        long skippedProcesses = missedAtStop >= 0 ? missedProcessesAtStop : missedProcesses();
        long missed = skipped + skippedProcesses + counters.sum(ControlLayout.UNFINISHED);
        Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
        counters.putSum(lost, LossReason.RING_FULL, ControlLayout.RING_FULL);
        counters.putSum(lost, LossReason.RATE_LIMITED, ControlLayout.RATE_LIMITED);
        counters.putSum(lost, LossReason.SOURCE_DROPPED, ControlLayout.SILENT);
        if (missed > 0) {
            lost.put(LossReason.PROGRAM_MISSED, missed);
        }
        Map<FilterReason, Long> filtered = new EnumMap<>(FilterReason.class);
        counters.putSum(filtered, FilterReason.SELF, ControlLayout.FILTERED_SELF);
        counters.putSum(filtered, FilterReason.TGID, ControlLayout.FILTERED_TGID);
        counters.putSum(filtered, FilterReason.UID, ControlLayout.FILTERED_UID);
        counters.putSum(filtered, FilterReason.CGROUP, ControlLayout.FILTERED_CGROUP);
        counters.putSum(filtered, FilterReason.MOUNT_NS, ControlLayout.FILTERED_MOUNT_NS);
        counters.putSum(filtered, FilterReason.EXECUTABLE, ControlLayout.FILTERED_EXECUTABLE);
        counters.putSum(filtered, FilterReason.PATH, ControlLayout.FILTERED_PATH);
        counters.putSum(filtered, FilterReason.RESULT, ControlLayout.FILTERED_RESULT);
        return SourceStats.builder()
                .returned(counters.sum(ControlLayout.RETURNED) + counters.sum(ControlLayout.SILENT) + skipped)
                .entered(counters.sum(ControlLayout.ENTERED))
                .processEvents(counters.sum(ControlLayout.PROCESS_SEQUENCE) + skippedProcesses)
                .submitted(counters.sum(ControlLayout.SUBMITTED))
                .lost(lost)
                .filtered(filtered)
                .wakeups(counters.sum(ControlLayout.WAKEUPS))
                .ringBytes(ringBytes)
                .stashBytes(stashBytes)
                .stash(stashStats())
                .copiesMissed(counters.sum(ControlLayout.COPIES_MISSED))
                .heaviest(ledgers.heaviest())
                .build();
    }

    @Override
    public void stop() {
        KernelCopy copies = kernelCopy;
        try {
            control.active(false);
            missedProcessesAtStop = missedProcesses();
            missedAtStop = missedExits();
        } finally {
            object.detach();
            if (processes != null) {
                processes.detach();
            }
            if (copies != null) {
                copies.close();
            }
        }
    }

    @Override
    public void release() {
        owned.close();
    }

    /**
     * Returns the statistics of the stash. When the capture closes, the entries of calls under way count as reclaimed
     * (R6.5).
     */
    private StashStats stashStats() {
        long live = control.stashed();
        long reclaimed = counters.sum(ControlLayout.RECLAIMED);
        if (missedAtStop >= 0) {
            // The programs are detached, so the remaining entries go with the map.
            reclaimed += live;
            live = 0;
        }
        return StashStats.builder()
                .puts(counters.sum(ControlLayout.PUTS))
                .takes(counters.sum(ControlLayout.TAKES))
                .reclaimed(reclaimed)
                .stale(counters.sum(ControlLayout.STALE))
                .refused(counters.sum(ControlLayout.REFUSED))
                .live(live)
                .capacity(settings.stashEntries())
                .build();
    }

    /**
     * Counts the returns for which the kernel did not run the program: recursion_misses of {@code struct
     * bpf_prog_info}. Programs that see all calls or requests may have missed a call that is not watched.
     */
    private long missedExits() {
        long missed = 0;
        for (String program : object.programs()) {
            if (program.startsWith("exit_")
                    || EntryPoints.seesAllReturns(program)
                    || EntryPoints.ENDS.contains(program)) {
                missed += ProgramInfo.of(object.program(program)).misses();
            }
        }
        return missed;
    }

    private long missedProcesses() {
        return processes == null ? 0 : processes.missed();
    }

    private static Mapping map(OwnedResources owned, int fd, long offset, long length, boolean writable)
            throws EbpfFailure {
        Mapping mapping = Mapping.of(fd, offset, length, writable);
        owned.add(mapping::unmap);
        return mapping;
    }

    /** Attaches returns before entries: a call that enters in between is an exit without an enter, not the reverse. */
    private static void attach(BpfObject object, Set<Syscall> syscalls) throws EbpfFailure {
        try (KernelFileSystem tracefs = KernelFileSystem.tracefs()) {
            for (Syscall syscall : syscalls) {
                attach(object, tracefs, BpfObject.returnOf(syscall), "sys_exit_", syscall);
            }
            for (Syscall syscall : syscalls) {
                attach(object, tracefs, BpfObject.entryOf(syscall), "sys_enter_", syscall);
            }
        }
    }

    private static void attach(BpfObject object, KernelFileSystem tracefs, String program, String half, Syscall syscall)
            throws EbpfFailure {
        long id = tracefs.tracepoint("syscalls", half + syscall.name().toLowerCase(Locale.ROOT));
        object.attach(program, PerfEvent.ofTracepoint(id));
    }
}
