// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.LossReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.RecordLayout;
import dev.unraced.ring.CallerLedger;
import dev.unraced.ring.RingCapture;
import dev.unraced.ring.RingWriter;
import dev.unraced.ring.SourceStats;
import dev.unraced.ring.UserSource;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Tracepoints;

/** An observer attached to a simulated kernel, and the ring that it fills. Each capture has its own (R15.9). */
public final class SimSource extends UserSource {
    private final Kernel kernel;
    private final TraceSettings settings;
    private final RingWriter ring;
    private final CallerLedger ledger = new CallerLedger();
    private final Tracer tracer;
    private final Tracepoints attached;
    private final Runnable end;

    private SimSource(Kernel kernel, TraceSettings settings, Seams seams, Runnable end) {
        this.end = end;
        this.kernel = kernel;
        this.settings = settings;
        this.ring = new RingWriter(settings.ringBytes());
        this.tracer = new Tracer(kernel, settings, seams, ledger, (record, length) -> {
            if (!ring.write(record, length)) {
                boolean process = record.get(RecordLayout.TYPE) > RecordLayout.TYPE_ENTER;
                long uid = Integer.toUnsignedLong(record.getInt(process ? ProcessLayout.UID : RecordLayout.UID));
                ledger.add(uid, record.getLong(process ? ProcessLayout.CGROUP_ID : RecordLayout.CGROUP_ID));
            }
            notifier().notifyReader();
        });
        this.attached = seams.tracepoints().apply(tracer);
    }

    /**
     * Attaches an observer to a kernel; closing the capture detaches it.
     *
     * @param end called when the capture closes, before the observer is detached
     */
    public static Capture open(
            String driver,
            Capabilities capabilities,
            Kernel kernel,
            TraceSettings settings,
            Seams seams,
            Runnable end) {
        SimSource source = new SimSource(kernel, seams.settings().apply(settings), seams, end);
        synchronized (kernel) {
            source.tracer.begin();
            kernel.attach(source.attached);
        }
        return seams.capture()
                .apply(new RingCapture(
                        driver,
                        capabilities,
                        source.ring.reader(),
                        seams.source().apply(source)));
    }

    @Override
    public Mitigation mitigation() {
        synchronized (kernel) {
            return tracer.mitigation();
        }
    }

    @Override
    public void switchTo(Mitigation mode) {
        synchronized (kernel) {
            tracer.switchTo(mode);
        }
    }

    @Override
    public EventFilters filters() {
        synchronized (kernel) {
            return tracer.filters();
        }
    }

    @Override
    public void filterBy(EventFilters filters) {
        synchronized (kernel) {
            tracer.filterBy(filters);
        }
    }

    @Override
    public boolean enterEvents() {
        synchronized (kernel) {
            return tracer.enterEvents();
        }
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        synchronized (kernel) {
            tracer.publishEnterEvents(publish);
        }
    }

    @Override
    public boolean processEvents() {
        return settings.processEvents();
    }

    @Override
    public SourceStats stats() {
        synchronized (kernel) {
            return tracer.stats()
                    .submitted(ring.submitted())
                    .lost(LossReason.RING_FULL, ring.full())
                    .wakeups(notifier().wakeups())
                    .ringBytes(settings.ringBytes())
                    .build();
        }
    }

    /** Detaches the observer, so that nothing is left behind (R13.1). */
    @Override
    public void stop() {
        end.run();
        synchronized (kernel) {
            kernel.detach(attached);
            tracer.end();
        }
    }

    @Override
    public void release() {
        // The garbage collector frees the ring, which is ordinary memory.
    }
}
