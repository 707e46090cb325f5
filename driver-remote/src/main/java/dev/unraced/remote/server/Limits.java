// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

/**
 * What subscribers may cost.
 *
 * @param subscribers subscriptions at a time
 * @param ownCaptures captures of subscribers' own at a time; 0 allows none
 * @param filterValues values in all filters of one subscription
 * @param ringBytes memory for what the shared capture's subscribers have yet to fetch, in bytes; a power of two
 */
public record Limits(int subscribers, int ownCaptures, int filterValues, int ringBytes) {

    /** 64 subscribers, no captures of their own, 1,024 values, 64 MiB. */
    public static Limits standard() {
        return new Limits(64, 0, 1024, 64 << 20);
    }
}
