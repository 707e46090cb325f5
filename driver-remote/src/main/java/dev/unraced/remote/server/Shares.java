// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts subscriptions. Each peer has a share, so that one alone cannot take all; those who may control have as many
 * again to themselves. Thread-safe.
 */
final class Shares {
    private final int most;
    private final int share;
    private final Map<Object, Integer> taken = new HashMap<>();
    private int controllers;
    private int others;

    /** What a peer hears that wants one more. */
    enum Answer {
        GRANTED,
        /** Nothing is left for anybody of this rank. */
        ALL_TAKEN,
        /** The peer has its share already. */
        SHARE_TAKEN
    }

    /**
     * Shares of nothing taken yet.
     *
     * @param most how many at a time
     * @param share how many of them one peer may have that does not control
     */
    Shares(int most, int share) {
        this.most = most;
        this.share = share;
    }

    /** Takes one for a peer, unless it may have no more. What was granted is to be given back once. */
    synchronized Answer take(Object party, Rank rank) {
        if (rank == Rank.CONTROLLER) {
            if (controllers == most) {
                return Answer.ALL_TAKEN;
            }
            controllers++;
            return Answer.GRANTED;
        }
        int own = taken.getOrDefault(party, 0);
        if (own >= share) {
            return Answer.SHARE_TAKEN;
        }
        if (others == most) {
            return Answer.ALL_TAKEN;
        }
        others++;
        taken.put(party, own + 1);
        return Answer.GRANTED;
    }

    /** Gives one back that was granted. */
    synchronized void give(Object party, Rank rank) {
        if (rank == Rank.CONTROLLER) {
            controllers--;
            return;
        }
        others--;
        taken.computeIfPresent(party, (key, count) -> count == 1 ? null : count - 1);
    }

    synchronized int taken() {
        return controllers + others;
    }
}
