// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

/**
 * The limits of what subscribers may cost.
 *
 * @param subscribers the most subscriptions of peers that may not control, and again of those that may
 * @param subscribersPerPeer the share of one user or certificate that may not control
 * @param callsPerConnection calls in progress on one connection
 * @param ownCaptures the most captures of subscribers' own at a time; 0 allows none
 * @param filterValues values in all filters of one subscription
 * @param ringBytes memory for the backlog of the shared capture's subscribers, in bytes; a power of two
 */
public record Limits(
        int subscribers,
        int subscribersPerPeer,
        int callsPerConnection,
        int ownCaptures,
        int filterValues,
        int ringBytes) {
    private static final int CALLS_PER_CONNECTION = 64;
    private static final int SHARE = 4;

    /** Makes limits with the usual shares: a quarter of the subscriptions for one peer, 64 calls on one connection. */
    public Limits(int subscribers, int ownCaptures, int filterValues, int ringBytes) {
        this(subscribers, usualShare(subscribers), CALLS_PER_CONNECTION, ownCaptures, filterValues, ringBytes);
    }

    /** Returns a quarter of the subscribers, rounded up. */
    public static int usualShare(int subscribers) {
        return (subscribers + SHARE - 1) / SHARE;
    }

    /**
     * Returns the default limits: 64 subscribers, 16 of them of one peer, 64 calls on a connection, no own captures,
     * 1,024 values, 64 MiB.
     */
    public static Limits standard() {
        return new Limits(64, 0, 1024, 64 << 20);
    }
}
