// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes and reads the statistics of a capture as text fields, which the last block of a recording holds. */
final class StatsText {
    private static final String ENTERED = "entered";
    private static final String PROCESS_EVENTS = "process-events";
    private static final String COPIES_MISSED = "copies-missed";
    private static final String HANDLER_FAILURES = "handler-failures";
    private static final String CONSUMING = "consuming";
    private static final String SINCE_HANDOVER = "since-handover-nanos";
    private static final String LOST = "lost.";
    private static final String FILTERED = "filtered.";
    /** The prefix of a field's name, before user, a dot and cgroup. */
    private static final String CALLER = "lost-by.";

    private StatsText() {}

    static Map<String, String> encode(CaptureStats stats) {
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "returned", stats.returned());
        put(fields, ENTERED, stats.entered());
        put(fields, PROCESS_EVENTS, stats.processEvents());
        put(fields, "delivered", stats.delivered());
        put(fields, "pending", stats.pending());
        putAll(fields, LOST, stats.lost());
        putAll(fields, FILTERED, stats.filtered());
        put(fields, "wakeups", stats.wakeups());
        put(fields, "ring-bytes", stats.ringBytes());
        put(fields, "stash-bytes", stats.stashBytes());
        put(fields, COPIES_MISSED, stats.copiesMissed());
        put(fields, HANDLER_FAILURES, stats.handlerFailures());
        put(fields, CONSUMING, stats.consuming() ? 1 : 0);
        put(fields, SINCE_HANDOVER, stats.sinceHandoverNanos());
        stats.heaviest().forEach(caller -> put(fields, key(caller), caller.lost()));
        StashStats stash = stats.stash();
        put(fields, "stash.puts", stash.puts());
        put(fields, "stash.takes", stash.takes());
        put(fields, "stash.evicted", stash.evicted());
        put(fields, "stash.reclaimed", stash.reclaimed());
        put(fields, "stash.stale", stash.stale());
        put(fields, "stash.refused", stash.refused());
        put(fields, "stash.live", stash.live());
        put(fields, "stash.capacity", stash.capacity());
        return fields;
    }

    /**
     * Reads the statistics. Losses for a reason that this version does not know count as dropped by the source, and
     * filtered calls under the last reason, as those from a newer server do.
     *
     * @throws IllegalArgumentException when a field is missing, or is not a number
     */
    static CaptureStats decode(Map<String, String> fields) {
        return CaptureStats.builder()
                .returned(get(fields, "returned"))
                .entered(getLater(fields, ENTERED))
                .processEvents(getLater(fields, PROCESS_EVENTS))
                .delivered(get(fields, "delivered"))
                .pending(get(fields, "pending"))
                .lost(getAll(fields, LOST, LossReason.values(), LossReason.SOURCE_DROPPED))
                .filtered(getAll(fields, FILTERED, FilterReason.values(), FilterReason.RESULT))
                .wakeups(get(fields, "wakeups"))
                .ringBytes(get(fields, "ring-bytes"))
                .stashBytes(get(fields, "stash-bytes"))
                .stash(StashStats.builder()
                        .puts(get(fields, "stash.puts"))
                        .takes(get(fields, "stash.takes"))
                        .evicted(get(fields, "stash.evicted"))
                        .reclaimed(get(fields, "stash.reclaimed"))
                        .stale(get(fields, "stash.stale"))
                        .refused(get(fields, "stash.refused"))
                        .live(get(fields, "stash.live"))
                        .capacity(get(fields, "stash.capacity"))
                        .build())
                .copiesMissed(getLater(fields, COPIES_MISSED))
                .heaviest(heaviest(fields))
                .handlerFailures(getLater(fields, HANDLER_FAILURES))
                .consuming(getLater(fields, CONSUMING) != 0)
                .sinceHandoverNanos(getLater(fields, SINCE_HANDOVER))
                .build();
    }

    private static String key(CallerLosses caller) {
        return CALLER + caller.uid() + "." + caller.cgroupId();
    }

    private static List<CallerLosses> heaviest(Map<String, String> fields) {
        List<CallerLosses> heaviest = new ArrayList<>();
        for (String name : fields.keySet()) {
            if (name.startsWith(CALLER)) {
                String[] ids = name.substring(CALLER.length()).split("\\.", 2);
                if (ids.length < 2) {
                    throw new IllegalArgumentException(name + " names no user and cgroup");
                }
                heaviest.add(new CallerLosses(Long.parseLong(ids[0]), Long.parseLong(ids[1]), get(fields, name)));
            }
        }
        return CallerLosses.heaviest(heaviest);
    }

    private static void put(Map<String, String> fields, String name, long value) {
        fields.put(name, Long.toString(value));
    }

    private static void putAll(Map<String, String> fields, String prefix, Map<? extends Enum<?>, Long> counts) {
        counts.forEach((reason, count) -> put(fields, prefix + reason.name(), count));
    }

    private static long get(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return Long.parseLong(value);
    }

    /** Reads a field that older recordings do not have. */
    private static long getLater(Map<String, String> fields, String name) {
        return fields.containsKey(name) ? get(fields, name) : 0;
    }

    /** Reads counts by reason; those for a reason that this version does not know count under another. */
    private static <R extends Enum<R>> Map<R, Long> getAll(
            Map<String, String> fields, String prefix, R[] reasons, R otherwise) {
        Map<R, Long> counts = new EnumMap<>(otherwise.getDeclaringClass());
        for (String name : fields.keySet()) {
            if (name.startsWith(prefix)) {
                R reason = find(reasons, name.substring(prefix.length()), otherwise);
                counts.merge(reason, get(fields, name), Long::sum);
            }
        }
        return counts;
    }

    private static <R extends Enum<R>> R find(R[] reasons, String name, R otherwise) {
        for (R reason : reasons) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return otherwise;
    }
}
