// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.LossReason;
import dev.unraced.event.Abi;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.ring.RingCapture;
import dev.unraced.ring.RingWriter;
import dev.unraced.ring.SourceStats;
import dev.unraced.ring.UserSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A source that writes numbered events into a ring, and can end or fail. */
final class CountingSource extends UserSource {
    private static final int RING_BYTES = 1 << 19;
    /** The number of events that does not fit into the ring: each event takes more than 128 bytes. */
    static final int TOO_MANY = RING_BYTES / 128;

    private static final AtomicInteger SOURCES = new AtomicInteger();

    private final RecordEncoder encoder = new RecordEncoder();
    private final RingWriter ring;
    private final Capture capture;
    private long written;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    CountingSource() {
        ring = new RingWriter(RING_BYTES);
        capture =
                new RingCapture("counting-" + SOURCES.incrementAndGet(), Capabilities.complete(), ring.reader(), this);
    }

    /** Returns a capture of a number of events, which then ends; with {@link Long#MAX_VALUE} it never ends. */
    static Capture of(long count) {
        CountingSource source = new CountingSource();
        Thread thread = new Thread(() -> source.feed(count), "feed");
        thread.setDaemon(true);
        thread.start();
        return source.capture;
    }

    Capture capture() {
        return capture;
    }

    /** Writes a number of events, and loses those that find no room. */
    void write(int count) {
        for (int i = 0; i < count; i++) {
            ring.write(encoder.buffer(), encode(++written));
        }
        notifier().notifyReader();
    }

    void end() {
        ended = true;
        notifier().notifyReader();
    }

    void fail(Throwable cause) {
        failure = cause;
        end();
    }

    private void feed(long count) {
        for (long number = 1; number <= count && capture.isOpen(); number++) {
            int length = encode(number);
            while (capture.isOpen() && !ring.writeIfRoom(encoder.buffer(), 0, length)) {
                Thread.onSpinWait();
            }
            notifier().notifyReader();
        }
        end();
    }

    private int encode(long number) {
        return encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .sequence(0, number)
                .call(1, 2, 3)
                .path(new byte[] {'/'}, Provenance.ENTER, Integrity.UNCHECKED)
                .finishPartial();
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
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
    public SourceStats stats() {
        Map<LossReason, Long> lost = ring.full() == 0 ? Map.of() : Map.of(LossReason.RING_FULL, ring.full());
        return SourceStats.builder()
                .returned(ring.submitted() + ring.full())
                .submitted(ring.submitted())
                .lost(lost)
                .wakeups(notifier().wakeups())
                .ringBytes(ring.ringBytes())
                .build();
    }

    @Override
    public void stop() {
        end();
    }

    @Override
    public void release() {
        // Ordinary memory needs no release.
    }
}
