// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.capture.EventHandler;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordView;
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

    private final BroadcastRing ring;
    private final BroadcastRing.Cursor cursor;
    private final EventHandler handler;
    private final List<byte[]> alive;
    private final RecordView view = new RecordView();
    private final ProcessRecordView processView = new ProcessRecordView();
    private final Thread thread;
    private volatile boolean closing;
    private volatile long taken;
    private volatile long missed;
    private volatile long failed;

    /** @param alive records that the sink gets first */
    SinkReader(BroadcastRing ring, BroadcastRing.Cursor cursor, List<byte[]> alive, EventHandler handler, String name) {
        this.alive = alive;
        this.ring = ring;
        this.cursor = cursor;
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
            hand(ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN), 0);
        }
        boolean last = false;
        while (true) {
            // This is read before the ring: all events from before the closing are passed on.
            last = closing;
            int bytes = ring.read(cursor, scratch, scratch.length);
            missed = cursor.missed;
            int length;
            for (int at = 0; at < bytes; at += length) {
                length = records.getInt(at + RecordLayout.LENGTH);
                hand(records, at);
            }
            if (bytes == 0) {
                if (last) {
                    return;
                }
                LockSupport.parkNanos(NAP_NANOS);
            }
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
        closing = true;
    }

    /** Passes on the remaining events, for a second at the most, and ends. */
    @Override
    public void close() {
        ending();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
