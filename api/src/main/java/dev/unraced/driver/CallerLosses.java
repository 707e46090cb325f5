// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How many events of one user in one cgroup the source lost.
 *
 * <p>A source remembers a bounded number of callers. A caller that it forgot and met again is counted from then on, so
 * the number is a lower bound; it is exact while fewer callers lost events than the source remembers.
 *
 * @param uid real user id, unsigned, as the initial user namespace has it
 * @param cgroupId of the caller's cgroup in the v2 hierarchy
 * @param lost events lost for the reasons {@link LossReason#RING_FULL} and {@link LossReason#RATE_LIMITED}
 */
public record CallerLosses(long uid, long cgroupId, long lost) {

    /** How many callers the books of a capture name at the most. */
    public static final int MOST = 10;

    private static final Comparator<CallerLosses> HEAVIEST_FIRST = Comparator.comparingLong(CallerLosses::lost)
            .reversed()
            .thenComparingLong(CallerLosses::uid)
            .thenComparingLong(CallerLosses::cgroupId);

    /**
     * The losses between two readings of the same books. Of a caller that the earlier one did not name, it had lost no
     * more than the least that it names, so the result is a lower bound, too.
     *
     * @param before what {@link CaptureStats#heaviest} said earlier
     * @param now what it says later
     */
    public static List<CallerLosses> since(List<CallerLosses> before, List<CallerLosses> now) {
        long unnamed = before.size() < MOST ? 0 : before.get(before.size() - 1).lost;
        return heaviest(now.stream()
                .map(each -> new CallerLosses(each.uid, each.cgroupId, each.lost - find(before, each, unnamed)))
                .filter(each -> each.lost > 0)
                .toList());
    }

    private static long find(List<CallerLosses> all, CallerLosses caller, long otherwise) {
        return all.stream()
                .filter(each -> each.uid == caller.uid && each.cgroupId == caller.cgroupId)
                .mapToLong(CallerLosses::lost)
                .findFirst()
                .orElse(otherwise);
    }

    /** The {@value #MOST} callers with the most losses, the heaviest first; losses of the same caller are added up. */
    public static List<CallerLosses> heaviest(Collection<CallerLosses> all) {
        return all.stream()
                .collect(Collectors.toMap(
                        each -> new CallerLosses(each.uid, each.cgroupId, 0), CallerLosses::lost, Long::sum))
                .entrySet()
                .stream()
                .map(entry -> new CallerLosses(entry.getKey().uid, entry.getKey().cgroupId, entry.getValue()))
                .sorted(HEAVIEST_FIRST)
                .limit(MOST)
                .toList();
    }
}
