// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import dev.unraced.capture.CaptureStats;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a capture: name, kind, base unit and tags of each. Counters count since the capture opened. All have
 * the tag {@link CaptureTag#DRIVER}; a meter with a second tag exists for each of its values from the start, so that a
 * first loss is a rise and not a new series.
 */
public enum CaptureMeter implements MeterDocumentation {
    /** Watched calls that returned. */
    RETURNED("unraced.returned", Meter.Type.COUNTER, "calls", "Watched calls that returned", null),
    /** Enter events made. */
    ENTERED("unraced.entered", Meter.Type.COUNTER, "events", "Enter events made", null),
    /** Process events made. */
    PROCESS_EVENTS("unraced.process.events", Meter.Type.COUNTER, "events", "Process events made", null),
    /** Events that the consumer got. */
    DELIVERED("unraced.delivered", Meter.Type.COUNTER, "events", "Events that the consumer got", null),
    /** Calls and entries that should have become events. */
    LOST("unraced.lost", Meter.Type.COUNTER, "events", "Events lost, by reason", CaptureTag.REASON),
    /** Events that the source lost, for the user and cgroup that lost the most, the second most, and so on. */
    LOST_HEAVIEST(
            "unraced.lost.heaviest",
            Meter.Type.GAUGE,
            "events",
            "Events lost of the user and cgroup with the most losses, by rank",
            CaptureTag.RANK),
    /** Calls left out on purpose. */
    FILTERED(
            "unraced.filtered", Meter.Type.COUNTER, "calls", "Calls left out on purpose, by reason", CaptureTag.REASON),
    /** Events that wait in a ring or a queue. */
    PENDING("unraced.pending", Meter.Type.GAUGE, "events", "Events that wait for the consumer", null),
    /**
     * The value is 1 while a thread consumes, or did so within the last ten seconds; see
     * {@link CaptureStats#consuming}. It is 0 on an idle machine, too, once the consumer has died.
     */
    CONSUMER_ALIVE("unraced.consumer.alive", Meter.Type.GAUGE, null, "1 while a thread consumes", null),
    /** The time since an event was last handed over; see {@link CaptureStats#sinceHandoverNanos}. */
    CONSUMER_IDLE(
            "unraced.consumer.idle", Meter.Type.GAUGE, "seconds", "Time since an event was last handed over", null),
    /**
     * The time that events have waited without one being handed over, as the reads of these meters saw it: a consumer
     * that died or hangs. It is 0 while the consumer keeps up, and once the capture is closed.
     */
    CONSUMER_STALLED(
            "unraced.consumer.stalled",
            Meter.Type.GAUGE,
            "seconds",
            "How long events have waited without one being handed over",
            null),
    /** Events whose handler threw an exception. */
    CONSUMER_FAILURES(
            "unraced.consumer.failures", Meter.Type.COUNTER, "events", "Events whose handler threw an exception", null),
    /** Calls under mitigation <em>kernel</em> whose events lack the kernel's copy. */
    COPIES_MISSED(
            "unraced.copies.missed",
            Meter.Type.COUNTER,
            "calls",
            "Calls under mitigation kernel without the kernel's copy",
            null),
    /** The number of times that the source woke the reader. */
    WAKEUPS("unraced.wakeups", Meter.Type.COUNTER, "wakeups", "How often the source woke the reader", null),
    /** Memory of the rings. */
    RING_SIZE("unraced.ring.size", Meter.Type.GAUGE, "bytes", "Memory of the rings", null),
    /** Memory of the stash. */
    STASH_SIZE("unraced.stash.size", Meter.Type.GAUGE, "bytes", "Memory of the stash", null),
    /** Entries that fit into the stash. */
    STASH_CAPACITY("unraced.stash.capacity", Meter.Type.GAUGE, "entries", "Entries that fit into the stash", null),
    /** Entries now in the stash: threads in a watched call. */
    STASH_LIVE("unraced.stash.live", Meter.Type.GAUGE, "entries", "Entries in the stash", null),
    /** Entries put into the stash. */
    STASH_STORED("unraced.stash.stored", Meter.Type.COUNTER, "entries", "Entries put into the stash", null),
    /** Entries that left the stash. */
    STASH_REMOVED(
            "unraced.stash.removed",
            Meter.Type.COUNTER,
            "entries",
            "Entries that left the stash, by cause",
            CaptureTag.CAUSE),
    /** Calls that a full stash did not store. */
    STASH_REFUSED("unraced.stash.refused", Meter.Type.COUNTER, "calls", "Calls that a full stash did not store", null),
    /** The mode in force has 1, the others have 0. */
    MITIGATION("unraced.mitigation", Meter.Type.GAUGE, null, "1 for the mode in force", CaptureTag.MODE),
    /** The value is 1 while the capture is open, and 0 once it is closed. */
    OPEN("unraced.open", Meter.Type.GAUGE, null, "1 while the capture is open", null);

    private final String name;
    private final Meter.Type type;
    private final @Nullable String baseUnit;
    private final String description;
    private final @Nullable CaptureTag tag;

    CaptureMeter(
            String name, Meter.Type type, @Nullable String baseUnit, String description, @Nullable CaptureTag tag) {
        this.name = name;
        this.type = type;
        this.baseUnit = baseUnit;
        this.description = description;
        this.tag = tag;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public @Nullable String getBaseUnit() {
        return baseUnit;
    }

    @Override
    public KeyName[] getKeyNames() {
        return tag == null ? new KeyName[] {CaptureTag.DRIVER} : new KeyName[] {CaptureTag.DRIVER, tag};
    }

    /** Returns the description for people. */
    public String description() {
        return description;
    }
}
