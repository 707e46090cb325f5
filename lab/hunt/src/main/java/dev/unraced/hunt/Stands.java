// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The namespaces and directories that one actor had, one after the other. Not thread-safe. */
final class Stands {
    private final List<Since> all = new ArrayList<>();
    private final List<Since> first = new ArrayList<>();
    private final Set<Standing> seen = new HashSet<>();

    /**
     * The beginning of a standing.
     *
     * @param state number of the first state with it
     * @param standing the standing
     */
    record Since(int state, Standing standing) {}

    /** Adds the standing of a state; the numbers of states rise. */
    void add(int state, Standing standing) {
        if (all.isEmpty() || !all.get(all.size() - 1).standing().equals(standing)) {
            Since since = new Since(state, standing);
            all.add(since);
            if (seen.add(standing)) {
                first.add(since);
            }
        }
    }

    /** Returns the standing of one state, and those that begin after it, up to another state. */
    List<Since> between(int from, int to) {
        return all.subList(Math.max(0, upTo(all, from) - 1), upTo(all, to));
    }

    /** Returns each standing up to a state, by its first time. */
    List<Since> everUpTo(int to) {
        return first.subList(0, upTo(first, to));
    }

    /** Counts the standings that begin up to a state. */
    private static int upTo(List<Since> standings, int state) {
        int low = 0;
        int high = standings.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (standings.get(middle).state() <= state) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
