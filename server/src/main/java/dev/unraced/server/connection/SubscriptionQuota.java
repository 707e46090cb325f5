// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts subscriptions. Each peer has a share, so that no peer can take all; those that may control have as many again
 * for themselves. Thread-safe.
 */
public final class SubscriptionQuota {
    private final int most;
    private final int share;
    private final Map<Object, Integer> taken = new HashMap<>();
    private int controllers;
    private int others;

    /** The answer to a peer that wants one more subscription. */
    public enum Answer {
        GRANTED,
        /** All subscriptions for this rank are taken. */
        ALL_TAKEN,
        /** The peer has its full share already. */
        SHARE_TAKEN
    }

    /**
     * Makes shares with nothing taken yet.
     *
     * @param most the number of subscriptions at a time
     * @param share the share of one peer that may not control
     */
    public SubscriptionQuota(int most, int share) {
        this.most = most;
        this.share = share;
    }

    /** Takes a subscription for a peer, unless it may have no more. A granted subscription must be given back once. */
    public synchronized Answer take(Object party, Rank rank) {
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

    /** Gives back a granted subscription. */
    public synchronized void give(Object party, Rank rank) {
        if (rank == Rank.CONTROLLER) {
            controllers--;
            return;
        }
        others--;
        taken.computeIfPresent(party, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Returns the number of subscriptions of all peers. */
    public synchronized int taken() {
        return controllers + others;
    }
}
