// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;

/**
 * The address of a UNIX socket whose file netty does not delete. When its channel closes, netty deletes whatever file
 * {@link #path()} names then, and that can be another server's socket.
 */
final class KeptSocketAddress extends DomainSocketAddress {
    private static final long serialVersionUID = 1;

    private volatile boolean bound;

    KeptSocketAddress(String path) {
        super(path);
    }

    /** Notes that netty has bound the socket, and needs the path no more. */
    void bound() {
        bound = true;
    }

    @Override
    public String path() {
        return bound ? "" : super.path();
    }
}
