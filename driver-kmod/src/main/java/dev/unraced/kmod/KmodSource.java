// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.event.Mitigation;
import dev.unraced.ring.LossLedgers;
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
    private final Counters counters;
    private final LossLedgers ledgers;
    private final RecordReader reader;
    private final boolean processEvents;
    private Mitigation mitigation;
    private boolean enterEvents;

    private KmodSource(OpenDevice device, KmodSettings settings) throws KmodFailure {
        this.device = device;
        this.mitigation = settings.mitigation();
        this.enterEvents = settings.enterEvents();
        this.processEvents = settings.processEvents();
        DeviceConfig answered = device.config();
        ringBytes = (long) answered.ringCount() * answered.ringBytes();
        MappedRings rings = MappedRings.of(device);
        readerPage = rings.readerPage();
        readerPage.putInt(DeviceLayout.READER_WATERMARK, settings.wakeBytes());
        reader = rings.reader();
        int rows = answered.counterRows();
        long counterBytes = roundUp((long) rows * DeviceLayout.COUNTERS_SIZE, Device.pageSize());
        long ledgerBytes = roundUp((long) rows * LossLedgers.SIZE, Device.pageSize());
        ledgers = new LossLedgers(device.map(answered.ledgersOffset(), ledgerBytes, false), rows);
        counters = new Counters(device.map(answered.countersOffset(), counterBytes, false), rows);
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
        Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
        put(lost, LossReason.RING_FULL, DeviceLayout.COUNTERS_RING_FULL);
        put(lost, LossReason.RATE_LIMITED, DeviceLayout.COUNTERS_RATE_LIMITED);
        put(lost, LossReason.SOURCE_DROPPED, DeviceLayout.COUNTERS_SILENT);
        Map<FilterReason, Long> filtered = new EnumMap<>(FilterReason.class);
        put(filtered, FilterReason.SELF, DeviceLayout.COUNTERS_FILTERED_SELF);
        put(filtered, FilterReason.TGID, DeviceLayout.COUNTERS_FILTERED_TGID);
        put(filtered, FilterReason.UID, DeviceLayout.COUNTERS_FILTERED_UID);
        put(filtered, FilterReason.CGROUP, DeviceLayout.COUNTERS_FILTERED_CGROUP);
        put(filtered, FilterReason.MOUNT_NS, DeviceLayout.COUNTERS_FILTERED_MOUNT_NS);
        put(filtered, FilterReason.PATH, DeviceLayout.COUNTERS_FILTERED_PATH);
        put(filtered, FilterReason.RESULT, DeviceLayout.COUNTERS_FILTERED_RESULT);
        return SourceStats.builder()
                .returned(counters.sum(DeviceLayout.COUNTERS_RETURNED) + counters.sum(DeviceLayout.COUNTERS_SILENT))
                .entered(counters.sum(DeviceLayout.COUNTERS_ENTERED))
                .processEvents(counters.sum(DeviceLayout.COUNTERS_PROCESS_SEQUENCE))
                .submitted(counters.sum(DeviceLayout.COUNTERS_SUBMITTED))
                .lost(lost)
                .filtered(filtered)
                .wakeups(counters.sum(DeviceLayout.COUNTERS_WAKEUPS))
                .ringBytes(ringBytes)
                .stashBytes(device.config().stashBytes())
                .stash(device.stash())
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

    private <K> void put(Map<K, Long> counts, K reason, int counter) {
        long count = counters.sum(counter);
        if (count > 0) {
            counts.put(reason, count);
        }
    }

    private static long roundUp(long size, long page) {
        return (size + page - 1) / page * page;
    }
}
