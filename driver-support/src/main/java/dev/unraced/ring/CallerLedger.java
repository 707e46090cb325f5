// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.CallerLosses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts losses by caller for a source in user space (R8.3). It remembers {@value #MOST} callers. When all places are
 * taken, further callers together outvote the caller with the fewest losses over time: a caller that keeps losing the
 * most gets a place and keeps it. Not thread-safe.
 */
public final class CallerLedger {
    /** The number of callers that have a place. */
    static final int MOST = 64;

    private final Map<Caller, Losses> callers = new HashMap<>();

    private record Caller(long uid, long cgroupId) {}

    private static final class Losses {
        long lost;
        /** Losses of callers without a place since this caller took its place. */
        long against;
    }

    /** Counts a lost event of a caller. */
    public void add(long uid, long cgroupId) {
        Caller caller = new Caller(uid, cgroupId);
        Losses known = callers.get(caller);
        if (known != null) {
            known.lost++;
        } else if (callers.size() < MOST || giveUpLeast()) {
            Losses first = new Losses();
            first.lost = 1;
            callers.put(caller, first);
        }
    }

    /** Returns the callers with the most losses, the heaviest first. */
    public List<CallerLosses> heaviest() {
        List<CallerLosses> all = new ArrayList<>();
        callers.forEach((caller, losses) -> all.add(new CallerLosses(caller.uid, caller.cgroupId, losses.lost)));
        return CallerLosses.heaviest(all);
    }

    private boolean giveUpLeast() {
        Map.Entry<Caller, Losses> least = null;
        for (Map.Entry<Caller, Losses> entry : callers.entrySet()) {
            if (least == null || entry.getValue().lost < least.getValue().lost) {
                least = entry;
            }
        }
        if (least == null || ++least.getValue().against <= least.getValue().lost) {
            return false;
        }
        callers.remove(least.getKey());
        return true;
    }
}
