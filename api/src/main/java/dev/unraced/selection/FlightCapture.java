// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.Gap;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import org.jspecify.annotations.Nullable;

/**
 * A capture that writes to Flight Recorder's recordings when it opens, loses calls, and closes. Its events cost nothing
 * extra: it reads the statistics from time to time, while a recording runs.
 */
final class FlightCapture implements Capture {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number;
    private final Capture capture;
    private final long opened = System.nanoTime();
    private final Runnable losses = this::lossesUnlessClosed;
    private final Runnable statistics = this::statisticsUnlessClosed;
    private final FlightRecorderListener recorder = new FlightRecorderListener() {
        @Override
        public void recorderInitialized(FlightRecorder initialized) {
            recorded();
        }
    };
    private final Map<LossReason, Long> told = new EnumMap<>(LossReason.class);
    private final AtomicReference<@Nullable Thread> consumer = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private FlightCapture(long number, Capture capture) {
        this.number = number;
        this.capture = capture;
    }

    /** The first use of an event's class takes 0.2 s, which only recording processes should pay. */
    static Capture open(Driver driver, CaptureConfig config) {
        long number = NUMBERS.incrementAndGet();
        FlightCapture opened = FlightRecorder.isInitialized()
                ? openRecorded(number, driver, config)
                : new FlightCapture(number, driver.open(config));
        opened.closingOnFailure(() -> FlightRecorder.addListener(opened.recorder));
        return opened;
    }

    private static FlightCapture openRecorded(long number, Driver driver, CaptureConfig config) {
        FlightEvents.Open event = new FlightEvents.Open(number, driver.name());
        event.begin();
        FlightCapture opened = new FlightCapture(number, driver.open(config));
        event.end();
        if (event.shouldCommit()) {
            opened.closingOnFailure(() -> opened.tellOpen(event));
        }
        return opened;
    }

    private void closingOnFailure(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            capture.close();
            throw e;
        }
    }

    private void tellOpen(FlightEvents.Open event) {
        CaptureStats stats = capture.stats();
        event.mitigation = capture.mitigation().name();
        event.ringBytes = stats.ringBytes();
        event.stashBytes = stats.stashBytes();
        event.stashCapacity = stats.stash().capacity();
        event.commit();
    }

    /** Flight Recorder runs, either since the capture opened or from now on. */
    private synchronized void recorded() {
        if (!closed.get()) {
            FlightRecorder.addPeriodicEvent(FlightEvents.Loss.class, losses);
            FlightRecorder.addPeriodicEvent(FlightEvents.Statistics.class, statistics);
        }
    }

    private synchronized void losses() {
        capture.stats().lost().forEach((reason, total) -> {
            long before = told.getOrDefault(reason, 0L);
            if (total > before) {
                told.put(reason, total);
                new FlightEvents.Loss(number, driver(), reason, total - before, total).commit();
            }
        });
    }

    /**
     * Records losses unless the capture is closed. A hook may run while it is removed: {@link #end} waits for it, and
     * later hooks do nothing.
     */
    private synchronized void lossesUnlessClosed() {
        if (!closed.get()) {
            losses();
        }
    }

    private synchronized void statisticsUnlessClosed() {
        if (!closed.get()) {
            new FlightEvents.Statistics(number, driver(), mitigation().name(), capture.stats()).commit();
        }
    }

    /** Records the end, after the capture has closed and its statistics are final. */
    private void end() {
        if (!closed.getAndSet(true)) {
            FlightRecorder.removeListener(recorder);
            if (FlightRecorder.isInitialized()) {
                removeHooks();
                losses();
                new FlightEvents.Close(
                                number, driver(), mitigation().name(), capture.stats(), System.nanoTime() - opened)
                        .commit();
            }
        }
    }

    /** Removes the hooks, after any that a listener is adding. */
    private synchronized void removeHooks() {
        FlightRecorder.removePeriodicEvent(losses);
        FlightRecorder.removePeriodicEvent(statistics);
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        boolean entered = enter();
        try {
            return capture.poll(handler, limit);
        } finally {
            leave(entered);
        }
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        boolean entered = enter();
        try {
            return capture.await(handler, limit, timeoutNanos);
        } finally {
            leave(entered);
        }
    }

    @Override
    public void consume(EventHandler handler) {
        boolean entered = enter();
        try {
            capture.consume(handler);
        } finally {
            leave(entered);
        }
    }

    private boolean enter() {
        return consumer.compareAndSet(null, Thread.currentThread());
    }

    private void leave(boolean entered) {
        if (entered) {
            consumer.set(null);
            // The handler may have closed the capture, which takes effect now.
            if (!capture.isOpen()) {
                end();
            }
        }
    }

    @Override
    public void close() {
        try {
            capture.close();
        } finally {
            if (consumer.get() != Thread.currentThread()) {
                end();
            }
        }
    }

    @Override
    public void switchTo(Mitigation mode) {
        Mitigation before = capture.mitigation();
        capture.switchTo(mode);
        if (FlightRecorder.isInitialized()) {
            new FlightEvents.MitigationChange(number, driver(), before.name(), mode.name()).commit();
        }
    }

    @Override
    public EventFilters filters() {
        return capture.filters();
    }

    @Override
    public void filterBy(EventFilters filters) {
        capture.filterBy(filters);
    }

    @Override
    public String driver() {
        return capture.driver();
    }

    @Override
    public Capabilities capabilities() {
        return capture.capabilities();
    }

    @Override
    public String hooks() {
        return capture.hooks();
    }

    @Override
    public boolean isOpen() {
        return capture.isOpen();
    }

    @Override
    public boolean isEnded() {
        return capture.isEnded();
    }

    @Override
    public Mitigation mitigation() {
        return capture.mitigation();
    }

    @Override
    public boolean enterEvents() {
        return capture.enterEvents();
    }

    @Override
    public boolean processEvents() {
        return capture.processEvents();
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        capture.publishEnterEvents(publish);
    }

    @Override
    public CaptureStats stats() {
        return capture.stats();
    }

    @Override
    public List<Gap> gaps() {
        return capture.gaps();
    }
}
