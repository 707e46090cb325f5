// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that has a place, with its peer as far as it is known, and its subscriptions. */
public final class Connection {
    final Channel channel;
    private final AtomicInteger subscriptions = new AtomicInteger();
    private volatile Peer peer;
    private volatile boolean spoken;
    private volatile boolean evicted;
    /** Only {@link ConnectionQuota} uses these fields. */
    Rank rank = Rank.UNAUTHORIZED;

    Object party = "";
    long number;

    Connection(Channel channel, Peer peer) {
        this.channel = channel;
        this.peer = peer;
    }

    Peer peer() {
        return peer;
    }

    void peer(Peer known) {
        peer = known;
    }

    /**
     * Closes the connection. A connection without an event loop is closed as soon as it has one, see
     * {@link #isEvicted}.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // no code waits for the end
    void evict() {
        evicted = true;
        if (channel.isRegistered()) {
            channel.close();
        }
    }

    boolean isEvicted() {
        return evicted;
    }

    /** Notes that the peer has sent something. */
    void hasSpoken() {
        spoken = true;
    }

    /** Returns whether the peer has sent no byte; such a connection is worth the least. */
    boolean isSilent() {
        return !spoken;
    }

    /** Notes a further subscription of this connection, which therefore keeps its place. */
    public void subscribed() {
        subscriptions.incrementAndGet();
    }

    /** Notes the end of a subscription. */
    public void unsubscribed() {
        subscriptions.decrementAndGet();
    }

    boolean hasSubscriptions() {
        return subscriptions.get() > 0;
    }

    /** Returns whether the kernel still has the connection; false also if it was closed before netty took it over. */
    boolean isOpen() {
        return channel.isOpen();
    }
}
