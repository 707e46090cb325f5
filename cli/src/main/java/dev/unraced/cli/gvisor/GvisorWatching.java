// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import dev.unraced.gvisor.session.SessionPeers.Peer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The state of the watching of a sandbox.
 *
 * @param isWatched whether the sandbox has a trace session with a capture at its other end
 * @param describe the state in words, with the remedy
 */
record GvisorWatching(boolean isWatched, String describe) {

    /** Asks runsc, and looks at the sandbox's sockets. */
    static GvisorWatching of(Runsc runsc, String id) throws RunscException {
        long dropped = runsc.dropped(id);
        if (dropped < 0) {
            return new GvisorWatching(false, "NOT watched: it has no trace session");
        }
        List<Peer> peers = runsc.peers(id);
        String there = peers.stream()
                .filter(Peer::isThere)
                .map(Peer::endpoint)
                .distinct()
                .collect(Collectors.joining(", "));
        if (there.isEmpty()) {
            return new GvisorWatching(
                    false,
                    "NOT watched: the capture that its trace session sends to is gone. Start one, and 'unraced gvisor"
                            + " attach " + id + "'");
        }
        return new GvisorWatching(
                true,
                "watched by the capture at " + there + ", " + dropped + (dropped == 1 ? " frame" : " frames")
                        + " dropped");
    }
}
