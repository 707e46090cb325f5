// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import org.jspecify.annotations.Nullable;

/**
 * The result of a lookup by path.
 *
 * @param socket null when there is none
 * @param errno 0, or the positive error of the lookup; ECONNREFUSED for an inode that no socket was bound to
 */
public record Lookup(@Nullable Socket socket, int errno) {
    public static Lookup found(Socket socket) {
        return new Lookup(socket, 0);
    }

    public static Lookup failed(int errno) {
        return new Lookup(null, errno);
    }
}
