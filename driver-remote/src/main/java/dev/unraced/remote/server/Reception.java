// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees every connection before anything is read from it: closes those beyond a number at once, and asks the kernel who
 * is at the other end of a UNIX socket. A call's attributes lead from its transport to the remote address, of which
 * each connection has an object of its own. Thread-safe.
 */
@Sharable
final class Reception extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<SocketAddress, Peer> peers = Collections.synchronizedMap(new IdentityHashMap<>());

    /**
     * A reception.
     *
     * @param most how many connections at a time
     */
    Reception(int most) {
        this.most = most;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof Channel connection)) {
            context.fireChannelRead(message);
            return;
        }
        int count = open.incrementAndGet();
        whenClosed(connection, open::decrementAndGet);
        if (count > most) {
            connection.unsafe().closeForcibly();
            return;
        }
        if (connection instanceof EpollDomainSocketChannel unix) {
            SocketAddress address = unix.remoteAddress();
            peers.put(address, find(unix));
            whenClosed(connection, () -> peers.remove(address));
        }
        context.fireChannelRead(message);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is the future that it was called on
    private static void whenClosed(Channel connection, Runnable action) {
        connection.closeFuture().addListener(closed -> action.run());
    }

    /** Who is behind the address of a UNIX socket's connection; null when it is another address. */
    @Nullable
    Peer find(SocketAddress address) {
        return peers.get(address);
    }

    // SO_PEERCRED, see unix(7): who connected, at that time. Nobody can change it later.
    private static Peer find(EpollDomainSocketChannel connection) {
        try {
            PeerCredentials credentials = connection.peerCredentials();
            return new Peer.LocalProcess(credentials.pid(), credentials.uid());
        } catch (IOException e) {
            LOG.debug("Nothing is known of a connection's peer", e);
            return new Peer.Unknown();
        }
    }
}
