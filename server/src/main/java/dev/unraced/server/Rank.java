// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

/** The permissions of a peer, as far as they are known. Peers of one rank take no place from those of another. */
enum Rank {
    /** Peers that may control the shared capture. */
    CONTROLLER,
    /** Peers that may subscribe. */
    SUBSCRIBER,
    /** Peers that may not subscribe, or whose certificate has not been seen yet. */
    STRANGER;

    /** Returns the rank that the permissions give to a peer. */
    static Rank of(Peer peer, Access access) {
        if (access.mayControl(peer)) {
            return CONTROLLER;
        }
        return access.maySubscribe(peer) ? SUBSCRIBER : STRANGER;
    }
}
