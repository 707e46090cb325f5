// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.PeerCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles every connection before anything is read from it. It asks the kernel who is at the other end of a UNIX
 * socket, and closes connections for which the {@link ConnectionQuota} has no place. A call's attributes lead from its
 * transport to the remote address, of which each connection has an object of its own. Thread-safe.
 */
@Sharable
public final class ConnectionLimiter extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimiter.class);
    private static final int CONNECTIONS_PER_SUBSCRIPTION = 2;
    private static final int SPARE_CONNECTIONS = 16;
    private static final int SPARE_CONNECTIONS_PER_PEER = 4;
    /** The most connections without a certificate, or with one that may not subscribe. */
    private static final int UNAUTHORIZED = 256;

    private static final int UNAUTHORIZED_PER_PEER = 64;
    /** With this many evictions under way, the event loops cannot keep up, and newcomers are refused. */
    private static final int MOST_LEAVING = 512;
    /** The bytes of an IPv6 address that name a network, within which a host chooses its address freely. */
    private static final int NETWORK_BYTES = 8;

    private final Access access;
    private final ConnectionQuota quota;
    private final HandshakeLog handshakes = new HandshakeLog(System::nanoTime);
    private final Map<SocketAddress, Connection> connections = Collections.synchronizedMap(new IdentityHashMap<>());
    /** The evicted connections that their event loop has not closed yet. */
    private final Set<Connection> leaving = ConcurrentHashMap.newKeySet();

    private final LongAdder turnedAway = new LongAdder();

    private final ServerTransportFilter transports = new ServerTransportFilter() {
        @Override
        public Attributes transportReady(Attributes transport) {
            identify(transport);
            return transport;
        }
    };

    /**
     * Makes a limiter without connections.
     *
     * @param subscribers the most subscriptions of peers that may not control, and again of those that may
     * @param subscribersPerPeer the share of one peer that may not control
     */
    public ConnectionLimiter(Access access, int subscribers, int subscribersPerPeer) {
        this.access = access;
        this.quota = new ConnectionQuota(
                subscribers * CONNECTIONS_PER_SUBSCRIPTION + SPARE_CONNECTIONS,
                subscribersPerPeer * CONNECTIONS_PER_SUBSCRIPTION + SPARE_CONNECTIONS_PER_PEER,
                UNAUTHORIZED,
                UNAUTHORIZED_PER_PEER);
    }

    /** Returns how many connections were refused, or made way for another. */
    public long turnedAway() {
        return turnedAway.sum();
    }

    /** Returns a filter that reports the peer of a connection once its certificate has been checked. */
    public ServerTransportFilter transports() {
        return transports;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof Channel channel)) {
            context.fireChannelRead(message);
            return;
        }
        SocketAddress address = channel.remoteAddress();
        Peer peer = channel instanceof EpollDomainSocketChannel unix ? find(unix) : new Peer.Unknown();
        Connection connection = new Connection(channel, peer);
        Object party = peer instanceof Peer.LocalProcess ? peer.party() : network(address);
        // An accepted channel has no address if its peer has gone already.
        if (address == null || !admit(connection, party, Rank.of(peer, access))) {
            // A channel without an event loop reports no end, so nothing may wait for it.
            channel.unsafe().closeForcibly();
            return;
        }
        connections.put(address, connection);
        whenClosed(channel, () -> {
            connections.remove(address);
            quota.remove(connection);
            leaving.remove(connection);
        });
        channel.pipeline().addLast(new FirstRead(connection, handshakes));
        context.fireChannelRead(message);
    }

    private boolean admit(Connection connection, Object party, Rank rank) {
        if (leaving.size() >= MOST_LEAVING) {
            leaving.removeIf(evicted -> !evicted.isOpen());
        }
        ConnectionQuota.Admission admission = quota.admit(connection, party, rank, leaving.size() < MOST_LEAVING);
        Connection victim = admission.victim();
        if (victim != null || !admission.granted()) {
            turnedAway.increment();
        }
        if (victim != null) {
            LOG.debug("A connection of {} makes way for one of {}", victim.party, party);
            leaving.add(victim);
            victim.evict();
        } else if (!admission.granted()) {
            LOG.debug("A connection of {} is refused", party);
        }
        return admission.granted();
    }

    /**
     * Runs after the TLS handshake, if there is one: from now on the peer's own share counts instead of its address's.
     */
    private void identify(Attributes transport) {
        SocketAddress address = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        Connection connection = address == null ? null : connections.get(address);
        if (connection == null || connection.peer() instanceof Peer.LocalProcess) {
            return;
        }
        Peer peer = Peer.of(transport, this);
        Rank rank = Rank.of(peer, access);
        connection.peer(peer);
        if (rank != Rank.UNAUTHORIZED && !admit(connection, peer.party(), rank)) {
            connection.evict();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is the future that it was called on
    private static void whenClosed(Channel channel, Runnable action) {
        channel.closeFuture().addListener(closed -> action.run());
    }

    /** Returns the connection of a remote address; null when it has ended. */
    @Nullable
    Connection connection(@Nullable SocketAddress address) {
        return address == null ? null : connections.get(address);
    }

    /** Returns the peer behind the address of a UNIX socket's connection; null for another address. */
    @Nullable
    Peer find(SocketAddress address) {
        Connection connection = connections.get(address);
        return connection != null && connection.peer() instanceof Peer.LocalProcess process ? process : null;
    }

    // SO_PEERCRED (unix(7)) names the process that connected, as of that time. It cannot change later.
    private static Peer find(EpollDomainSocketChannel connection) {
        try {
            PeerCredentials credentials = connection.peerCredentials();
            return new Peer.LocalProcess(credentials.pid(), credentials.uid());
        } catch (IOException e) {
            LOG.debug("Nothing is known of a connection's peer", e);
            return new Peer.Unknown();
        }
    }

    /** Returns an IPv4 address, or the network of an IPv6 address; peers without an address count as one. */
    private static Object network(@Nullable SocketAddress address) {
        InetAddress host = address instanceof InetSocketAddress inet ? inet.getAddress() : null;
        if (host == null) {
            return "no address";
        }
        byte[] bytes = host.getAddress();
        return bytes.length > Integer.BYTES
                ? "network " + Arrays.toString(Arrays.copyOf(bytes, NETWORK_BYTES))
                : "address " + host.getHostAddress();
    }

    /** Notes that a peer has sent something, and then leaves the pipeline. */
    private static final class FirstRead extends ChannelInboundHandlerAdapter {
        private final Connection connection;
        private final HandshakeLog handshakes;

        FirstRead(Connection connection, HandshakeLog handshakes) {
            this.connection = connection;
            this.handshakes = handshakes;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // no code waits for the end
        public void channelRegistered(ChannelHandlerContext context) {
            if (connection.isEvicted()) {
                context.close();
            }
            context.fireChannelRegistered();
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // it is the future that it was called on
        public void channelRead(ChannelHandlerContext context, Object message) {
            connection.hasSpoken();
            SslHandler tls = context.pipeline().get(SslHandler.class);
            if (tls != null) {
                SocketAddress peer = context.channel().remoteAddress();
                tls.handshakeFuture().addListener(done -> {
                    if (!done.isSuccess()) {
                        handshakes.failed(peer, done.cause());
                    }
                });
            }
            context.pipeline().remove(this);
            context.fireChannelRead(message);
        }
    }
}
