// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/** The names in the file tree, by which UNIX sockets are bound and found. Not thread-safe, like the network. */
public interface UnixNames {
    /**
     * Makes an inode for a socket: {@code unix_bind_bsd} of net/unix/af_unix.c.
     *
     * @param caller the caller, whose working directory and rights count; the network only passes it on
     * @param path without its NUL, not empty
     * @return 0 or a negated errno: EADDRINUSE for a name that is taken, or an error of the lookup
     */
    int bind(Object caller, byte[] path, Socket socket);

    /** Finds the socket that is bound to a path, open or closed: {@code unix_find_bsd}, up to its check of the type. */
    SocketResult find(Object caller, byte[] path);
}
