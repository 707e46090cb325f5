// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.Gap;
import dev.unraced.capture.LossReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A capture whose events come through a ring. It keeps the rules of chapter 15 for the drivers behind it: it names its
 * driver (R15.8), refuses what that lacks (R12.4, R12.7, R12.10), and never changes its answer about process events
 * (R16.9).
 *
 * <p>Waiting is adaptive. After a batch the reader naps, so that under load no record costs the producer a wake-up;
 * only after some empty naps does it arm the source and sleep until woken. A lone event is seen within one nap or one
 * wake-up, and a source wakes the reader at most once per {@value #NAPS} naps of {@value #NAP_NANOS} ns. Under a steady
 * load naps are longer ({@link NapLength}).
 */
public final class RingCapture implements Capture {
    static final long NAP_NANOS = NapLength.SHORTEST_NANOS;
    static final int NAPS = 8;
    /** The longest sleep: an interrupt does not reach a thread that sleeps in a native call. */
    private static final long SLEEP_NANOS = 100_000_000;

    private final String driver;
    private final Capabilities capabilities;
    private final String hooks;
    private final boolean processEvents;
    private final RecordReader reader;
    private final RingSource source;
    private final LongSupplier clock;
    private final ConsumerGate gate;
    private final NapLength firstNap;
    private final Object sourceLock = new Object();
    private volatile boolean ended;
    private volatile long handlerFailures;
    /** The last statistics of the source, which remain if the source fails to give them at its end. */
    private SourceStats lastSourceStats = SourceStats.builder().build();

    private Mitigation lastMitigation;
    private boolean lastEnterEvents;
    private EventFilters lastFilters = EventFilters.NONE;
    private List<Gap> lastGaps = List.of();
    private CaptureStats lastStats;
    /** Set before the source is released, even after a failure; from then on no method calls the source. */
    private boolean released;

    /** Creates a capture that owns a started source; closing it stops and releases the source. */
    public RingCapture(String driver, Capabilities capabilities, RecordReader reader, RingSource source) {
        this(driver, capabilities, reader, source, System::nanoTime);
    }

    /** Creates a capture with a clock that only a test chooses. */
    RingCapture(String driver, Capabilities capabilities, RecordReader reader, RingSource source, LongSupplier clock) {
        this.driver = driver;
        this.capabilities = capabilities;
        this.reader = reader;
        this.source = source;
        this.hooks = source.hooks();
        this.processEvents = source.processEvents();
        this.lastMitigation = source.mitigation();
        this.lastEnterEvents = source.enterEvents();
        this.clock = clock;
        this.gate = new ConsumerGate(this::release, clock);
        this.firstNap = new NapLength(reader.capacity());
        this.lastStats = stats(0, 0, lastSourceStats, false);
    }

    @Override
    public String driver() {
        return driver;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public String hooks() {
        return hooks;
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        requirePositive(limit);
        gate.enter();
        try {
            int count = handOver(handler, limit);
            if (count > 0) {
                gate.handedOver(clock.getAsLong());
            } else {
                lookForEnd();
            }
            return count;
        } finally {
            gate.leave();
        }
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        requirePositive(limit);
        gate.enter();
        try {
            return awaitInside(handler, limit, timeoutNanos);
        } finally {
            gate.leave();
        }
    }

    @Override
    public void consume(EventHandler handler) {
        gate.enter();
        try {
            int count = 1;
            while (goesOn() && (count > 0 || !ended)) {
                count = awaitInside(handler, Integer.MAX_VALUE, Long.MAX_VALUE);
            }
        } finally {
            gate.leave();
        }
    }

    @Override
    public boolean isOpen() {
        return gate.isOpen();
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public Mitigation mitigation() {
        synchronized (sourceLock) {
            return released ? lastMitigation : uninterrupted(source::mitigation);
        }
    }

    @Override
    public void switchTo(Mitigation mode) {
        capabilities.require(mode, driver);
        synchronized (sourceLock) {
            requireSource();
            uninterrupted(() -> source.switchTo(mode));
            lastMitigation = mode;
        }
    }

    @Override
    public EventFilters filters() {
        capabilities.require(Feature.LIVE_FILTERS, driver);
        synchronized (sourceLock) {
            return released ? lastFilters : uninterrupted(source::filters);
        }
    }

    @Override
    public void filterBy(EventFilters filters) {
        capabilities.require(Feature.LIVE_FILTERS, driver);
        filters.needs().forEach(filter -> capabilities.require(filter, driver));
        synchronized (sourceLock) {
            requireSource();
            uninterrupted(() -> source.filterBy(filters));
        }
    }

    @Override
    public boolean enterEvents() {
        synchronized (sourceLock) {
            return released ? lastEnterEvents : uninterrupted(source::enterEvents);
        }
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        if (publish) {
            capabilities.require(Feature.ENTER_EVENTS, driver);
        }
        synchronized (sourceLock) {
            requireSource();
            uninterrupted(() -> source.publishEnterEvents(publish));
            lastEnterEvents = publish;
        }
    }

    @Override
    public boolean processEvents() {
        return processEvents;
    }

    @Override
    public CaptureStats stats() {
        synchronized (sourceLock) {
            if (!released) {
                lastStats = liveStats();
            }
            return lastStats;
        }
    }

    @Override
    public List<Gap> gaps() {
        synchronized (sourceLock) {
            return released ? lastGaps : uninterrupted(source::gaps);
        }
    }

    @Override
    public void close() {
        reader.halt();
        gate.close(source::wake);
    }

    private void requireSource() {
        if (released) {
            throw new CaptureException("the capture is closed");
        }
    }

    private boolean goesOn() {
        return gate.isOpen() && !Thread.currentThread().isInterrupted();
    }

    private int awaitInside(EventHandler handler, int limit, long timeoutNanos) {
        long start = clock.getAsLong();
        int naps = 0;
        while (true) {
            int count = handOver(handler, limit);
            if (count == 0 && lookForEnd()) {
                return 0;
            }
            long now = clock.getAsLong();
            if (count > 0) {
                gate.handedOver(now);
                firstNap.found(naps);
            }
            long left = timeoutNanos - (now - start);
            if (count > 0 || left <= 0 || !goesOn()) {
                return count;
            }
            if (naps < NAPS) {
                LockSupport.parkNanos(Math.min(naps == 0 ? firstNap.nanos() : NAP_NANOS, left));
                naps++;
            } else {
                sleep(left);
            }
        }
    }

    /** Hands over a number of events at the most (R15.7). What the handler throws reaches the caller (R15.3). */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the gate lets in one thread at a time
    private int handOver(EventHandler handler, int limit) {
        try {
            return reader.poll(handler, limit);
        } catch (RuntimeException | Error e) {
            handlerFailures++;
            gate.handedOver(clock.getAsLong());
            throw e;
        }
    }

    /** Finds out whether the source has ended and all records were handed over. Throws when the source failed. */
    private boolean lookForEnd() {
        if (!gate.isOpen() || !source.isEnded() || !reader.isEmpty()) {
            return false;
        }
        ended = true;
        Throwable failure = source.failure();
        if (failure != null) {
            throw new CaptureException(String.valueOf(failure.getMessage()), failure);
        }
        return true;
    }

    private void sleep(long nanos) {
        source.arm();
        // A record that arrived before the arming wakes no reader. One that is not written to its end yet wakes none
        // either, so the reader must not run in circles until it is.
        if (reader.isEmpty()) {
            source.await(Math.min(nanos, SLEEP_NANOS));
        } else {
            LockSupport.parkNanos(Math.min(nanos, NAP_NANOS));
        }
        source.disarm();
    }

    /** Releases everything (R13.1). */
    private void release() {
        // These steps run in reverse order, each whatever the others throw.
        OwnedResources closing = new OwnedResources();
        closing.add(() -> uninterrupted(source::release));
        closing.add(this::letGo);
        closing.add(() -> lastGaps = uninterrupted(source::gaps));
        if (capabilities.has(Feature.LIVE_FILTERS)) {
            closing.add(() -> lastFilters = uninterrupted(source::filters));
        }
        closing.add(() -> lastSourceStats = uninterrupted(source::stats));
        closing.add(() -> uninterrupted(source::stop));
        synchronized (sourceLock) {
            closing.close();
        }
    }

    private void letGo() {
        released = true;
        reader.detach();
        lastStats = stats(reader.delivered(), reader.malformed(), lastSourceStats, true);
    }

    private CaptureStats liveStats() {
        // The reader's counts come first: records that arrive in between then count as pending and make no negative
        // number.
        long delivered = reader.delivered();
        long malformed = reader.malformed();
        lastSourceStats = uninterrupted(source::stats);
        return stats(delivered, malformed, lastSourceStats, false);
    }

    private CaptureStats stats(long delivered, long malformed, SourceStats stats, boolean closing) {
        // A record can be read just before it is counted as submitted.
        long unread = Math.max(0, stats.submitted() - delivered - malformed);
        Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
        lost.putAll(stats.lost());
        add(lost, LossReason.MALFORMED, malformed);
        if (closing) {
            add(lost, LossReason.CLOSED, unread);
        }
        return CaptureStats.builder()
                .returned(stats.returned())
                .entered(stats.entered())
                .processEvents(stats.processEvents())
                .delivered(delivered)
                .pending(closing ? 0 : unread)
                .lost(lost)
                .filtered(stats.filtered())
                .wakeups(stats.wakeups())
                .ringBytes(stats.ringBytes())
                .stashBytes(stats.stashBytes())
                .stash(stats.stash())
                .copiesMissed(stats.copiesMissed())
                .heaviest(stats.heaviest())
                .handlerFailures(handlerFailures)
                .consuming(gate.isConsumed())
                .sinceHandoverNanos(gate.sinceHandover(delivered))
                .build();
    }

    private static void uninterrupted(Runnable step) {
        uninterrupted(() -> {
            step.run();
            return true;
        });
    }

    /**
     * Asks the source something without the thread's interrupt, which stays set (R15.6). An interrupt ends the waiting
     * for events alone: a source that asks a server or a process, or waits for a thread, would give up at once.
     */
    private static <T> T uninterrupted(Supplier<T> question) {
        boolean interrupted = Thread.interrupted();
        try {
            return question.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void add(Map<LossReason, Long> lost, LossReason reason, long count) {
        if (count > 0) {
            lost.merge(reason, count, Long::sum);
        }
    }

    private static void requirePositive(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or more, not " + limit);
        }
    }
}
