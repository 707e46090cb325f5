// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The number of events of one user in one cgroup that the source lost.
 *
 * <p>A source remembers a bounded number of callers. It counts a forgotten caller from zero when the caller loses
 * again, so the number is a lower bound. The number is exact while fewer callers lose events than the source remembers.
 *
 * @param uid real user id, unsigned, in the initial user namespace
 * @param cgroupId id of the caller's cgroup in the v2 hierarchy
 * @param lost events lost for the reasons {@link LossReason#RING_FULL} and {@link LossReason#RATE_LIMITED}
 */
public record CallerLosses(long uid, long cgroupId, long lost) {

    /** The largest number of callers in the statistics of a capture. */
    public static final int MOST = 10;

    private static final Comparator<CallerLosses> HEAVIEST_FIRST = Comparator.comparingLong(CallerLosses::lost)
            .reversed()
            .thenComparingLong(CallerLosses::uid)
            .thenComparingLong(CallerLosses::cgroupId);

    /**
     * Returns the losses between two readings of the same statistics. A caller missing in the earlier reading had lost
     * at most as much as the least caller in it, so the result is a lower bound, too.
     *
     * @param before the earlier value of {@link CaptureStats#heaviest}
     * @param now the later value
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

    /**
     * Returns the {@value #MOST} callers with the most losses, the heaviest first; losses of the same caller are added
     * up.
     */
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
