// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that has a place: who is at its other end, as far as is known, and what it is used for. */
final class Connection {
    final Channel channel;
    private final AtomicInteger subscriptions = new AtomicInteger();
    private volatile Peer peer;
    private volatile boolean spoken;
    private volatile boolean evicted;
    /** Of {@link Places} alone. */
    Rank rank = Rank.STRANGER;

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

    /** Closes the connection; one that no event loop has yet as soon as it has it, see {@link #isEvicted}. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the end
    void evict() {
        evicted = true;
        if (channel.isRegistered()) {
            channel.close();
        }
    }

    boolean isEvicted() {
        return evicted;
    }

    /** The other end has sent something. */
    void hasSpoken() {
        spoken = true;
    }

    /** A connection without a byte is worth the least. */
    boolean isSilent() {
        return !spoken;
    }

    void subscribed() {
        subscriptions.incrementAndGet();
    }

    void unsubscribed() {
        subscriptions.decrementAndGet();
    }

    boolean hasSubscriptions() {
        return subscriptions.get() > 0;
    }

    /** Whether the kernel still has it; false also of one that was closed before netty took it over. */
    boolean isOpen() {
        return channel.isOpen();
    }
}
