// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.FilterReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.event.EventView;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordView;
import dev.unraced.recording.RecordingReader;
import dev.unraced.ring.RingCapture;
import dev.unraced.ring.RingWriter;
import dev.unraced.ring.SourceStats;
import dev.unraced.ring.UserSource;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A recording that a separate thread reads into a ring. The thread waits when the ring is full, so nothing is lost. */
final class ReplaySource extends UserSource {
    /** The smallest ring, which has room for any recorded record. */
    private static final int SMALLEST_RING = 1 << 19;

    private static final int BATCH = 1024;
    private static final long WAIT_FOR_ROOM_NANOS = 100_000;

    private final RecordingReader recording;
    private final EventFilter filter;
    private final Pace pace;
    private final boolean processes;
    private final RingWriter ring;
    private final EventHandler feeder = EventHandler.of(this::feed, this::feed);
    private final Thread thread = new Thread(this::feedAll, "unraced-replay");
    private volatile Mitigation mitigation;
    private volatile boolean enterEvents;
    /** The number of enter events written; only the feeding thread changes it. */
    private final AtomicLong entered = new AtomicLong();

    private final AtomicLong processEvents = new AtomicLong();

    private volatile boolean stopping;
    private @Nullable Throwable failure;
    private volatile boolean ended;

    private ReplaySource(RecordingReader recording, CaptureConfig config, Pace pace) {
        this.recording = recording;
        this.filter = new EventFilter(config);
        this.pace = pace;
        this.ring = new RingWriter(Math.max(SMALLEST_RING, config.ringBytes()));
        this.mitigation = recording.mitigation().orElse(config.mitigation());
        this.processes = config.processEvents();
        thread.setDaemon(true);
    }

    /**
     * Starts to replay.
     *
     * @param driver the name that the capture gives as its driver's
     * @param recording will be closed by the capture
     * @param config selects the calls to replay, and the size of the ring
     */
    static Capture open(String driver, RecordingReader recording, CaptureConfig config, Pace pace) {
        ReplaySource source = new ReplaySource(recording, config, pace);
        // An old recording has the mode only in its records, so the first one is read at once.
        if (recording.mitigation().isPresent() || source.feed(1)) {
            source.thread.start();
        }
        return new RingCapture(
                driver, ReplayDriver.filteredHere(recording.capabilities()), source.ring.reader(), source);
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public @Nullable Throwable failure() {
        return ended ? failure : null;
    }

    /** The mode of the call that was read last. */
    @Override
    public Mitigation mitigation() {
        return mitigation;
    }

    @Override
    public void switchTo(Mitigation mode) {
        throw unchangeable(mitigation);
    }

    /** Returns what to throw where another mode than that of the recorded calls is wanted. */
    static CaptureException unchangeable(Mitigation mitigation) {
        return new CaptureException("A recording is replayed. Its calls were made under mitigation "
                + mitigation.name().toLowerCase(Locale.ROOT)
                + ", and that cannot be changed any more; leave unraced.mitigation out.");
    }

    @Override
    public EventFilters filters() {
        return filter.filters();
    }

    @Override
    public void filterBy(EventFilters filters) {
        throw new CaptureException(
                "A recording is replayed. What it has was read ahead by the filters with which the replay began.");
    }

    /** Returns whether an enter event was read so far. */
    @Override
    public boolean enterEvents() {
        return enterEvents;
    }

    @Override
    public boolean processEvents() {
        return processes;
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        throw new CaptureException(
                "A recording is replayed. It has the enter events that were recorded, and no others can be had.");
    }

    @Override
    public SourceStats stats() {
        Map<FilterReason, Long> filtered = filter.counted();
        long submitted = ring.submitted();
        long entries = entered.get();
        long told = processEvents.get();
        long returned = submitted
                - entries
                - told
                + filtered.values().stream().mapToLong(Long::longValue).sum();
        return SourceStats.builder()
                .returned(returned)
                .entered(entries)
                .processEvents(told)
                .submitted(submitted)
                .filtered(filtered)
                .wakeups(notifier().wakeups())
                .ringBytes(ring.ringBytes())
                .build();
    }

    @Override
    public void stop() {
        stopping = true;
        // An interrupt would close the file while it is read, so the thread is only unparked.
        LockSupport.unpark(thread);
        Uninterruptibles.joinUninterruptibly(thread);
    }

    @Override
    public void release() {
        recording.close();
    }

    private void feedAll() {
        while (feed(BATCH)) {
            // Each iteration reads a batch.
        }
    }

    /** Reads some records; returns false when there is nothing more to read. */
    private boolean feed(int limit) {
        try {
            if (recording.poll(feeder, limit) > 0 && !stopping) {
                return true;
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        ended = true;
        notifier().wake();
        return false;
    }

    private void feed(EventView event) {
        if (stopping) {
            return;
        }
        mitigation = event.mitigation();
        enterEvents |= event.isEnter();
        RecordView record = RecordView.of(event);
        if (filter.accepts(event)
                && awaitDue(event.nanos())
                && write(record.buffer(), record.offset(), record.length())
                && event.isEnter()) {
            entered.incrementAndGet();
        }
    }

    private void feed(ProcessView event) {
        if (stopping || !processes || !filter.accepts(event)) {
            return;
        }
        ProcessRecordView record = ProcessRecordView.of(event);
        // A server tells later of a process that was there, with the time at which its image began.
        boolean isDue = event.type() == ProcessView.Type.ALIVE || awaitDue(event.nanos());
        if (isDue && write(record.buffer(), record.offset(), record.length())) {
            processEvents.incrementAndGet();
        }
    }

    /** Waits until the time of a record has come; returns false when the capture was closed before. */
    private boolean awaitDue(long nanos) {
        for (long left = pace.untilDue(nanos); left > 0; left = pace.untilDue(nanos)) {
            if (stopping) {
                return false;
            }
            pace.sleep(left);
        }
        return true;
    }

    /** Writes a record when there is room; returns false when the capture was closed before. */
    private boolean write(ByteBuffer buffer, int offset, int length) {
        while (!ring.writeIfRoom(buffer, offset, length)) {
            if (stopping) {
                return false;
            }
            LockSupport.parkNanos(WAIT_FOR_ROOM_NANOS);
        }
        notifier().notifyReader();
        return true;
    }
}
