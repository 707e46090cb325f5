// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.scripted;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.event.Mitigation;
import dev.unraced.format.SampleEvents;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Delivers records, then waits for more that never come. */
public final class ScriptedCapture implements Capture {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<byte[]> records;
    private final long total;
    private long delivered;
    private boolean open = true;
    private boolean idle;

    public ScriptedCapture(List<byte[]> records) {
        this(records, records.size());
    }

    private ScriptedCapture(List<byte[]> records, long total) {
        this.records = records;
        this.total = total;
    }

    /** Returns a capture that repeats the records until that many were delivered. */
    public static ScriptedCapture repeating(List<byte[]> records, long total) {
        return new ScriptedCapture(records, total);
    }

    @Override
    public String driver() {
        return ScriptedDriver.NAME;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.complete();
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        requireOpen();
        int handed = 0;
        while (handed < limit && isOpen()) {
            byte[] record;
            lock.lock();
            try {
                if (delivered == total) {
                    break;
                }
                record = records.get((int) (delivered % records.size()));
                delivered++;
            } finally {
                lock.unlock();
            }
            handed++;
            handler.onEvent(SampleEvents.view(record));
        }
        return handed;
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        requireOpen();
        lock.lock();
        try {
            long left = timeoutNanos;
            while (open && delivered == total && left > 0) {
                idle = true;
                changed.signalAll();
                left = changed.awaitNanos(left);
            }
            if (!open) {
                return 0;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        } finally {
            lock.unlock();
        }
        return poll(handler, limit);
    }

    @Override
    public void consume(EventHandler handler) {
        while (isOpen()) {
            await(handler, Integer.MAX_VALUE, Long.MAX_VALUE);
        }
    }

    /** Waits until everything was delivered, and the reader waits for more. */
    public void awaitIdle() throws InterruptedException {
        lock.lock();
        try {
            while (!idle) {
                if (!changed.await(30, TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody reads");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Mitigation mitigation() {
        return Mitigation.STASH;
    }

    @Override
    public void switchTo(Mitigation mode) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean enterEvents() {
        return false;
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CaptureStats stats() {
        lock.lock();
        try {
            long closed = open ? 0 : total - delivered;
            return CaptureStats.builder()
                    .returned(total + 5)
                    .delivered(delivered)
                    .pending(total - delivered - closed)
                    .lost(closed == 0 ? Map.of() : Map.of(LossReason.CLOSED, closed))
                    .filtered(Map.of(FilterReason.SELF, 3L, FilterReason.UID, 2L))
                    .wakeups(9)
                    .ringBytes(65_536)
                    .stashBytes(4_096)
                    .build();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            open = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (!isOpen()) {
            throw new IllegalStateException("closed");
        }
    }
}
