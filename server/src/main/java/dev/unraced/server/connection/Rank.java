// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

/** The permissions of a peer, as far as they are known. Peers of one rank take no place from those of another. */
public enum Rank {
    /** Peers that may control the shared capture. */
    CONTROLLER,
    /** Peers that may subscribe. */
    SUBSCRIBER,
    /** Peers that may not subscribe, or whose certificate has not been seen yet. */
    UNAUTHORIZED;

    /** Returns the rank that the permissions give to a peer. */
    public static Rank of(Peer peer, Access access) {
        if (access.mayControl(peer)) {
            return CONTROLLER;
        }
        return access.maySubscribe(peer) ? SUBSCRIBER : UNAUTHORIZED;
    }
}
