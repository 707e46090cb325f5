// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.ring.LossLedgers;
import dev.unraced.ring.PerCpuCounters;
import dev.unraced.ring.RecordReader;
import dev.unraced.ring.RingSource;
import dev.unraced.ring.SourceStats;
import dev.unraced.settings.CallHooks;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;

/** A capture in the module, and the memory shared with it. */
final class KmodSource implements RingSource {
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final OpenDevice device;
    private final long ringBytes;
    private final ByteBuffer readerPage;
    private final PerCpuCounters counters;
    private final LossLedgers ledgers;
    private final RecordReader reader;
    private final boolean processEvents;
    private final boolean observeSelf;
    private Mitigation mitigation;
    private EventFilters filters;
    private boolean enterEvents;

    private KmodSource(OpenDevice device, KmodSettings settings) throws KmodFailure {
        this.device = device;
        this.mitigation = settings.mitigation();
        this.enterEvents = settings.enterEvents();
        this.processEvents = settings.processEvents();
        this.observeSelf = settings.observeSelf();
        this.filters = settings.filters();
        DeviceConfig answered = device.config();
        ringBytes = (long) answered.ringCount() * answered.ringBytes();
        MappedRings rings = MappedRings.of(device);
        readerPage = rings.readerPage();
        readerPage.putInt(DeviceLayout.READER_WATERMARK, settings.wakeBytes());
        reader = rings.reader();
        int rows = answered.counterRows();
        long counterBytes = PerCpuCounters.pageBytes(DeviceLayout.COUNTERS_SIZE, rows, Device.pageSize());
        long ledgerBytes = PerCpuCounters.pageBytes(LossLedgers.SIZE, rows, Device.pageSize());
        ledgers = new LossLedgers(device.map(answered.ledgersOffset(), ledgerBytes, false), rows);
        counters = new PerCpuCounters(
                device.map(answered.countersOffset(), counterBytes, false), DeviceLayout.COUNTERS_SIZE, rows);
    }

    /** Starts a capture. If this fails, nothing of it remains. */
    static KmodSource start(KmodSettings settings) throws KmodFailure {
        OpenDevice device = OpenDevice.open(settings);
        boolean started = false;
        try {
            KmodSource source = new KmodSource(device, settings);
            if (settings.hooks() == CallHooks.AUTO) {
                CallFunctions.remember(source);
            }
            started = true;
            return source;
        } finally {
            if (!started) {
                device.close();
            }
        }
    }

    RecordReader reader() {
        return reader;
    }

    @Override
    public String hooks() {
        return callHooks().inWords();
    }

    /** Returns where the module sees calls. */
    CallHooks callHooks() {
        return device.config().hooks();
    }

    /** Returns the errno for which the module did not take functions; 0 if it did, or was not to. */
    int hooksErrno() {
        return device.config().hooksErrno();
    }

    @Override
    public void arm() {
        INTS.setVolatile(readerPage, DeviceLayout.READER_WAITING, 1);
    }

    @Override
    public void disarm() {
        INTS.setVolatile(readerPage, DeviceLayout.READER_WAITING, 0);
    }

    @Override
    public void await(long nanos) {
        device.await(nanos);
    }

    @Override
    public void wake() {
        device.wake();
    }

    @Override
    public Mitigation mitigation() {
        return mitigation;
    }

    @Override
    public void switchTo(Mitigation mode) {
        try {
            device.switchTo(mode);
            mitigation = mode;
        } catch (KmodFailure e) {
            throw new CaptureException("driver kmod: mitigation stays " + mitigation + ", since " + e.getMessage(), e);
        }
    }

    @Override
    public EventFilters filters() {
        return filters;
    }

    @Override
    public void filterBy(EventFilters next) {
        try {
            device.filterBy(next, observeSelf);
            filters = next;
        } catch (KmodFailure e) {
            throw new CaptureException("driver kmod: filters stay as they are, since " + e.getMessage(), e);
        }
    }

    @Override
    public boolean enterEvents() {
        return enterEvents;
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        try {
            device.publishEnterEvents(publish);
            enterEvents = publish;
        } catch (KmodFailure e) {
            throw new CaptureException("driver kmod: enter events stay as they are, since " + e.getMessage(), e);
        }
    }

    @Override
    public boolean processEvents() {
        return processEvents;
    }

    /**
     * Reads the counters again while calls return in between, so that they balance when the machine is nearly at rest.
     */
    @Override
    public SourceStats stats() {
        return SourceStats.atRest(this::readStats);
    }

    private SourceStats readStats() {
        StashStats stash = device.stash();
        Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
        counters.putSum(lost, LossReason.RING_FULL, DeviceLayout.COUNTERS_RING_FULL);
        counters.putSum(lost, LossReason.RATE_LIMITED, DeviceLayout.COUNTERS_RATE_LIMITED);
        counters.putSum(lost, LossReason.SOURCE_DROPPED, DeviceLayout.COUNTERS_SILENT);
        Map<FilterReason, Long> filtered = new EnumMap<>(FilterReason.class);
        counters.putSum(filtered, FilterReason.SELF, DeviceLayout.COUNTERS_FILTERED_SELF);
        counters.putSum(filtered, FilterReason.TGID, DeviceLayout.COUNTERS_FILTERED_TGID);
        counters.putSum(filtered, FilterReason.UID, DeviceLayout.COUNTERS_FILTERED_UID);
        counters.putSum(filtered, FilterReason.CGROUP, DeviceLayout.COUNTERS_FILTERED_CGROUP);
        counters.putSum(filtered, FilterReason.MOUNT_NS, DeviceLayout.COUNTERS_FILTERED_MOUNT_NS);
        counters.putSum(filtered, FilterReason.EXECUTABLE, DeviceLayout.COUNTERS_FILTERED_EXECUTABLE);
        counters.putSum(filtered, FilterReason.PATH, DeviceLayout.COUNTERS_FILTERED_PATH);
        counters.putSum(filtered, FilterReason.RESULT, DeviceLayout.COUNTERS_FILTERED_RESULT);
        return SourceStats.builder()
                .returned(counters.sum(DeviceLayout.COUNTERS_RETURNED) + counters.sum(DeviceLayout.COUNTERS_SILENT))
                .entered(counters.sum(DeviceLayout.COUNTERS_ENTERED))
                .processEvents(counters.sum(DeviceLayout.COUNTERS_PROCESS_SEQUENCE))
                .submitted(counters.sum(DeviceLayout.COUNTERS_SUBMITTED))
                .lost(lost)
                .filtered(filtered)
                .wakeups(counters.sum(DeviceLayout.COUNTERS_WAKEUPS))
                .ringBytes(ringBytes)
                .stash(stash)
                .stashBytes(device.stashBytes())
                .heaviest(ledgers.heaviest())
                .build();
    }

    @Override
    public void stop() {
        device.stop();
    }

    @Override
    public void release() {
        device.close();
    }
}
