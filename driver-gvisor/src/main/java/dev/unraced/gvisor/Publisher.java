// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Abi;
import dev.unraced.event.Integrity;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.ring.RingWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes drafts as records, except those that the filters leave out. Not thread-safe; allocates nothing for an event.
 */
final class Publisher {
    private static final int SOURCE = 0;

    private final RingWriter ring;
    private final EventFilters filters;
    /** Set when no filter by process or user is configured, which is usual. */
    private final boolean isOpen;

    private final BootClock clock;
    private final RecordEncoder encoder = new RecordEncoder();
    private final Map<FilterReason, Counter> filtered = new EnumMap<>(FilterReason.class);
    private long sequence;

    Publisher(RingWriter ring, EventFilters filters, BootClock clock) {
        this.ring = ring;
        this.filters = filters;
        this.isOpen = filters.tgids().isEmpty() && filters.uids().isEmpty();
        this.clock = clock;
        for (FilterReason reason : FilterReason.values()) {
            filtered.put(reason, new Counter());
        }
    }

    /** A counter that needs no new object for a count. */
    private static final class Counter {
        long calls;
    }

    /** Writes the record of a call, or counts the reason why there is none. */
    void publish(Draft draft) {
        FilterReason reason = reason(draft);
        if (reason != null) {
            Objects.requireNonNull(filtered.get(reason)).calls++;
            return;
        }
        // A record without room leaves a gap in the numbers.
        sequence++;
        encoder.begin(draft.syscall, Abi.NATIVE, Origin.SYSCALL, draft.mitigation)
                .sequence(SOURCE, sequence)
                .call(clock.bootNanos(draft.enterNanos), clock.bootNanos(draft.exitNanos), draft.result)
                .thread(draft.tid, draft.tgid, clock.bootNanos(draft.startNanos), 0)
                .user(draft.uid & 0xffff_ffffL, draft.gid & 0xffff_ffffL)
                .comm(draft.comm)
                .flags(draft.flags);
        if (draft.isOpenLike()) {
            encoder.dirfd(draft.fd)
                    .path(draft.argument, draft.length, draft.provenance, draft.integrity)
                    .how(draft.openFlags, draft.mode, 0, 0, Provenance.KERNEL, Integrity.MATCH);
            if (draft.resolvedLength >= 0) {
                encoder.file(draft.resolved, draft.resolvedLength, 0, 0, 0);
            }
        } else {
            encoder.fd(draft.fd)
                    .address(draft.argument, draft.length, draft.addrlen, draft.provenance, draft.integrity);
        }
        byte[] container = draft.connection.container(draft.container);
        if (container.length > 0) {
            encoder.containerId(container);
        }
        ring.write(encoder.buffer(), encoder.finish());
    }

    Map<FilterReason, Long> filtered() {
        Map<FilterReason, Long> counted = new EnumMap<>(FilterReason.class);
        filtered.forEach((reason, counter) -> {
            if (counter.calls > 0) {
                counted.put(reason, counter.calls);
            }
        });
        return counted;
    }

    private @Nullable FilterReason reason(Draft draft) {
        if (!isOpen) {
            if (!filters.tgids().isEmpty() && !filters.tgids().contains(draft.tgid)) {
                return FilterReason.TGID;
            }
            if (!filters.uids().isEmpty() && !filters.uids().contains(draft.uid & 0xffff_ffffL)) {
                return FilterReason.UID;
            }
        }
        boolean hasPath = draft.isOpenLike() && draft.provenance != Provenance.NONE;
        if (hasPath && !filters.acceptsPath(draft.argument, draft.length)) {
            return FilterReason.PATH;
        }
        boolean failed = draft.syscall.isFailure(draft.result, true);
        return filters.result().accepts(failed) ? null : FilterReason.RESULT;
    }
}
