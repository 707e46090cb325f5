// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
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
import org.jspecify.annotations.Nullable;

/**
 * A driver whose calls the test makes, as many and as fast as it likes: records of an ordinary open, each with the time
 * of its writing ({@link System#nanoTime}). Tests and benchmarks put it behind a server. One thread makes the calls.
 */
public final class Firehose implements Driver {
    private static final byte[] PATH =
            ByteString.utf8("/usr/lib/locale/C.utf8/LC_MESSAGES").toByteArray();

    private final RecordEncoder encoder = new RecordEncoder();
    private volatile Source source = new Source(1 << 16);
    private volatile long made;

    /** Makes calls of a process; calls without room are lost, and counted. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    public void make(int calls, int tgid) {
        long now = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            made++;
            encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                    .sequence(0, made)
                    .call(now, now, 3)
                    .thread(tgid, tgid, 1, 1)
                    .path(PATH, Provenance.ENTER, Integrity.UNCHECKED)
                    .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                    .file(PATH, 254, 0, made);
            source.ring.write(encoder.buffer(), encoder.finishPartial());
        }
        source.ring();
    }

    /** Lets the open capture fail. */
    public void fail(String why) {
        source.failure = new IllegalStateException(why);
        source.wake();
    }

    /** Returns the number of calls made so far. */
    public long made() {
        return made;
    }

    @Override
    public String name() {
        return "firehose";
    }

    @Override
    public Availability availability(CaptureConfig config) {
        return new Availability.Available();
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.complete();
    }

    @Override
    public Capture open(CaptureConfig config) {
        source = new Source(config.ringBytes());
        return new RingCapture(name(), capabilities(), source.ring.reader(), source);
    }

    private static final class Source extends UserSource {
        private final RingWriter ring;
        private volatile Mitigation mode = Mitigation.STASH;
        private volatile @Nullable Throwable failure;

        Source(int ringBytes) {
            ring = new RingWriter(ringBytes);
        }

        void ring() {
            notifier().notifyReader();
        }

        @Override
        public boolean isEnded() {
            return failure != null;
        }

        @Override
        public @Nullable Throwable failure() {
            return failure;
        }

        @Override
        public Mitigation mitigation() {
            return mode;
        }

        @Override
        public void switchTo(Mitigation other) {
            mode = other;
        }

        @Override
        public SourceStats stats() {
            long full = ring.full();
            return SourceStats.builder()
                    .returned(ring.submitted() + full)
                    .submitted(ring.submitted())
                    .lost(full > 0 ? Map.of(LossReason.RING_FULL, full) : Map.of())
                    .wakeups(notifier().wakeups())
                    .ringBytes(ring.ringBytes())
                    .build();
        }

        @Override
        public void stop() {}

        @Override
        public void release() {}
    }
}
