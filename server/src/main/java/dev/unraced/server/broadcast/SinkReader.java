// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.capture.EventHandler;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordView;
import dev.unraced.ring.Naps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader of a broadcaster within this process, on a thread of its own: for sinks. A slow sink misses events, which
 * are counted, and delays no other reader.
 */
public final class SinkReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkReader.class);
    private static final long NAP_NANOS = 500_000;
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BroadcastRing ring;
    private final BroadcastRing.Cursor cursor;
    private final EventHandler handler;
    private final RecordView view = new RecordView();
    private final ProcessRecordView processView = new ProcessRecordView();
    private final Thread thread;
    /** The number of records in the ring before the first one for this reader. */
    private final long first;
    /** The records that the sink gets first; dropped once it has them. */
    private List<byte[]> alive;
    /** The position in the ring with which the reader ends; set before {@link #closing}. */
    private volatile long end;

    private volatile boolean closing;
    /** Set when the time for the last events is over: the sink gets no further one. */
    private volatile boolean abandoned;
    /** The number of records of the ring that were passed to the sink. */
    private volatile long passed;

    private volatile long taken;
    private volatile long missed;
    private volatile long failed;

    /** @param alive records that the sink gets first */
    SinkReader(BroadcastRing ring, BroadcastRing.Cursor cursor, List<byte[]> alive, EventHandler handler, String name) {
        this.alive = alive;
        this.ring = ring;
        this.cursor = cursor;
        this.first = cursor.ordinal;
        this.handler = handler;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns the number of events passed to the sink. */
    public long taken() {
        return taken;
    }

    /** Returns the number of events that were overwritten before the sink came to them. */
    public long missed() {
        return missed;
    }

    /** Returns the number of events on which the sink threw an exception. */
    public long failed() {
        return failed;
    }

    private void run() {
        byte[] scratch = new byte[Subscription.MAX_COPY];
        ByteBuffer records = ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] record : alive) {
            if (abandoned) {
                return;
            }
            hand(ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN), 0);
        }
        alive = List.of();
        while (!isOver()) {
            int bytes = ring.read(cursor, scratch, scratch.length);
            note(cursor.missed);
            if (bytes == 0) {
                LockSupport.parkNanos(NAP_NANOS);
            }
            pass(records, bytes);
        }
    }

    /** Returns whether all events from before the end are passed on. Those after it would never cease under load. */
    private boolean isOver() {
        return abandoned || (closing && cursor.position >= end);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void pass(ByteBuffer records, int bytes) {
        int length;
        for (int at = 0; at < bytes && !abandoned; at += length) {
            length = records.getInt(at + RecordLayout.LENGTH);
            passed++;
            hand(records, at);
        }
    }

    private synchronized void note(long overwritten) {
        if (!abandoned) {
            missed = overwritten;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void hand(ByteBuffer records, int at) {
        taken++;
        try {
            if (ProcessRecordView.isAt(records, at)) {
                handler.onProcess(processView.wrap(records, at));
            } else {
                handler.onEvent(view.wrap(records, at));
            }
        } catch (Throwable e) {
            // An error, too: it ends neither the other events nor their counts.
            if (failed++ == 0) {
                LOG.warn(
                        "{}: the sink failed on an event, which is counted; further failures are only counted",
                        thread.getName(),
                        e);
            }
        }
    }

    /** Lets the reader end when it has passed on the events that are there. */
    public void ending() {
        if (!closing) {
            end = ring.head();
            closing = true;
        }
    }

    /** Passes on the remaining events, for a second at the most, and ends. The others count as missed. */
    @Override
    public void close() {
        ending();
        if (!Naps.until(() -> !thread.isAlive(), NAP_NANOS, CLOSE_NANOS)) {
            abandon();
        }
    }

    private synchronized void abandon() {
        abandoned = true;
        missed = Math.max(missed, ring.ordinal() - first - passed);
    }
}
