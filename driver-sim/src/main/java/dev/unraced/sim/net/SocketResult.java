// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import org.jspecify.annotations.Nullable;

/**
 * A new socket, or the socket that a path names; else the error that explains its absence.
 *
 * @param socket null when there is none
 * @param errno 0, or positive; ECONNREFUSED for an inode that no socket was bound to
 */
public record SocketResult(@Nullable Socket socket, int errno) {
    public static SocketResult of(Socket socket) {
        return new SocketResult(socket, 0);
    }

    public static SocketResult failed(int errno) {
        return new SocketResult(null, errno);
    }
}
