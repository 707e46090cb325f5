// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.protocol.v1.Stash;
import dev.unraced.protocol.v1.StatsOrBuilder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Converts parts of the statistics to messages and back. Reasons travel by name. */
public final class StatsCodec {

    private StatsCodec() {}

    /** Returns counts by the names of their reasons. */
    public static Map<String, Long> encode(Map<? extends Enum<?>, Long> counts) {
        Map<String, Long> named = new java.util.TreeMap<>();
        counts.forEach((reason, count) -> named.put(reason.name(), count));
        return named;
    }

    /** Returns losses; those for a reason that this version does not know count as dropped by the source. */
    public static Map<LossReason, Long> losses(Map<String, Long> named) {
        Map<LossReason, Long> counts = new EnumMap<>(LossReason.class);
        named.forEach((name, count) ->
                counts.merge(find(LossReason.values(), name, LossReason.SOURCE_DROPPED), count, Long::sum));
        return counts;
    }

    /** Returns filtered calls; those for a reason that this version does not know count under the last reason. */
    public static Map<FilterReason, Long> filtered(Map<String, Long> named) {
        Map<FilterReason, Long> counts = new EnumMap<>(FilterReason.class);
        named.forEach((name, count) ->
                counts.merge(find(FilterReason.values(), name, FilterReason.RESULT), count, Long::sum));
        return counts;
    }

    /** Encodes losses by caller, in their order. */
    public static List<dev.unraced.protocol.v1.CallerLosses> encode(List<CallerLosses> heaviest) {
        return heaviest.stream()
                .map(caller -> dev.unraced.protocol.v1.CallerLosses.newBuilder()
                        .setUid((int) caller.uid())
                        .setCgroupId(caller.cgroupId())
                        .setLost(caller.lost())
                        .build())
                .toList();
    }

    /** Decodes losses by caller, and keeps no more of them than the statistics hold. */
    public static List<CallerLosses> callers(List<dev.unraced.protocol.v1.CallerLosses> messages) {
        return CallerLosses.heaviest(messages.stream()
                .map(caller -> new CallerLosses(
                        Integer.toUnsignedLong(caller.getUid()), caller.getCgroupId(), caller.getLost()))
                .toList());
    }

    /** Encodes the counters of a stash. */
    public static Stash encode(StashStats stash) {
        return Stash.newBuilder()
                .setPuts(stash.puts())
                .setTakes(stash.takes())
                .setEvicted(stash.evicted())
                .setReclaimed(stash.reclaimed())
                .setStale(stash.stale())
                .setRefused(stash.refused())
                .setLive(stash.live())
                .setCapacity(stash.capacity())
                .build();
    }

    /** Decodes the counters of a stash. */
    public static StashStats decode(Stash stash) {
        return StashStats.builder()
                .puts(stash.getPuts())
                .takes(stash.getTakes())
                .evicted(stash.getEvicted())
                .reclaimed(stash.getReclaimed())
                .stale(stash.getStale())
                .refused(stash.getRefused())
                .live(stash.getLive())
                .capacity(stash.getCapacity())
                .build();
    }

    /**
     * Returns the number of records that a subscriber has to get: the calls, entries and process events that are
     * counted, and neither lost nor filtered. It includes the records that are still on their way.
     */
    public static long expected(StatsOrBuilder stats) {
        return stats.getReturned()
                + stats.getEntered()
                + stats.getProcessEvents()
                - sum(stats.getLostMap())
                - sum(stats.getFilteredMap());
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static <E extends Enum<E>> E find(E[] constants, String name, E otherwise) {
        for (E constant : constants) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        return otherwise;
    }
}
