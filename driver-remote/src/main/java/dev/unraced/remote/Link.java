// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.TlsIdentity;
import dev.unraced.protocol.v1.UnracedGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes channels to one server, each for one attempt. Thread-safe. */
final class Link implements AutoCloseable {
    /** The number of bytes that the server may send before the client has read them. */
    private static final int WINDOW = 1 << 20;

    private static final long KEEP_ALIVE_SECONDS = 20;

    private final RemoteSettings settings;
    private final EventLoopGroup loop;
    private final @Nullable TlsIdentity identity;

    /**
     * Prepares channels to a server, and connects to nothing yet.
     *
     * @throws InvalidConfigException when the certificates cannot be used
     * @throws CaptureException when this machine does not support the transport
     */
    Link(RemoteSettings settings) {
        if (!Epoll.isAvailable()) {
            throw new CaptureException(
                    "driver remote needs Linux and netty's native library: "
                            + Epoll.unavailabilityCause().getMessage(),
                    Epoll.unavailabilityCause());
        }
        this.settings = settings;
        try {
            this.identity = settings.tls().map(TlsIdentity::new).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(List.of("driver remote: " + e.getMessage()));
        }
        this.loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("unraced-remote-io", true), EpollIoHandler.newFactory());
    }

    /** Makes a channel, which connects when it is first used. */
    ManagedChannel channel() {
        NettyChannelBuilder builder;
        if (settings.address() instanceof Address.Unix unix) {
            builder = NettyChannelBuilder.forAddress(
                            new DomainSocketAddress(unix.path()), InsecureChannelCredentials.create())
                    .channelType(EpollDomainSocketChannel.class)
                    // gRPC sets this option on every socket, and netty warns of sockets that do not have it.
                    .withOption(ChannelOption.SO_KEEPALIVE, null)
                    // There is no host, but HTTP/2 needs a name.
                    .overrideAuthority("localhost");
        } else {
            Address.Tcp tcp = (Address.Tcp) settings.address();
            builder = NettyChannelBuilder.forAddress(tcp.host(), tcp.port(), credentials())
                    .channelType(EpollSocketChannel.class);
            settings.serverName().ifPresent(builder::overrideAuthority);
        }
        return builder.eventLoopGroup(loop)
                .directExecutor()
                // The caller decides whether to ask again.
                .disableRetry()
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(Protocol.MAX_DELIVERY)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .userAgent("unraced")
                .build();
    }

    private ChannelCredentials credentials() {
        return identity == null
                ? InsecureChannelCredentials.create()
                : TlsChannelCredentials.newBuilder()
                        .keyManager(identity.keys())
                        .trustManager(identity.trust())
                        .build();
    }

    /** Makes one call on a connection of its own. */
    <T> T ask(Function<UnracedGrpc.UnracedBlockingStub, T> question) {
        ManagedChannel channel = channel();
        try {
            return question.apply(UnracedGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(settings.patienceMillis(), TimeUnit.MILLISECONDS));
        } finally {
            end(channel);
        }
    }

    /** Ends a channel and waits until its connection is closed. */
    static void end(ManagedChannel channel) {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (identity != null) {
            identity.close();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
