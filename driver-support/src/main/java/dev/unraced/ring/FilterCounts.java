// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.FilterReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** The numbers of calls that filters left out, by reason. Thread-safe; counting allocates nothing. */
public final class FilterCounts {
    private final Map<FilterReason, AtomicLong> calls = new EnumMap<>(FilterReason.class);

    /** Begins with none. */
    public FilterCounts() {
        for (FilterReason reason : FilterReason.values()) {
            calls.put(reason, new AtomicLong());
        }
    }

    /** Counts a call that was left out. */
    public void count(FilterReason reason) {
        Objects.requireNonNull(calls.get(reason)).incrementAndGet();
    }

    /** Returns the counts up to now, without those that are 0. */
    public Map<FilterReason, Long> counted() {
        Map<FilterReason, Long> counted = new EnumMap<>(FilterReason.class);
        calls.forEach((reason, count) -> {
            if (count.get() > 0) {
                counted.put(reason, count.get());
            }
        });
        return counted;
    }
}
