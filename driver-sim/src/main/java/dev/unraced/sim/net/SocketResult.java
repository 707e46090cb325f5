// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import org.jspecify.annotations.Nullable;

/**
 * A new socket, or the error that explains its absence.
 *
 * @param socket null when there is none
 * @param errno 0, or positive
 */
public record SocketResult(@Nullable Socket socket, int errno) {
    static SocketResult of(Socket socket) {
        return new SocketResult(socket, 0);
    }

    static SocketResult failed(int errno) {
        return new SocketResult(null, errno);
    }
}
