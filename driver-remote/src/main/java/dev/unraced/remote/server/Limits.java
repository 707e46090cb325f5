// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

/**
 * What subscribers may cost.
 *
 * @param subscribers subscriptions at a time of those who may not control, and again of those who may
 * @param subscribersPerPeer how many of these one user or certificate may have that may not control
 * @param callsPerConnection calls in progress on one connection
 * @param ownCaptures captures of subscribers' own at a time; 0 allows none
 * @param filterValues values in all filters of one subscription
 * @param ringBytes memory for what the shared capture's subscribers have yet to fetch, in bytes; a power of two
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

    /** Limits with the usual shares: of one peer a quarter of the subscriptions, on one connection 64 calls. */
    public Limits(int subscribers, int ownCaptures, int filterValues, int ringBytes) {
        this(subscribers, usualShare(subscribers), CALLS_PER_CONNECTION, ownCaptures, filterValues, ringBytes);
    }

    /** A quarter, rounded up. */
    public static int usualShare(int subscribers) {
        return (subscribers + SHARE - 1) / SHARE;
    }

    /** 64 subscribers, of one peer 16, 64 calls on a connection, no captures of their own, 1,024 values, 64 MiB. */
    public static Limits standard() {
        return new Limits(64, 0, 1024, 64 << 20);
    }
}
