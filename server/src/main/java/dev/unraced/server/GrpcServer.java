// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.TlsIdentity;
import dev.unraced.server.connection.ConnectionLimiter;
import dev.unraced.server.connection.PeerAuthorization;
import dev.unraced.server.linux.Account;
import dev.unraced.server.linux.Owner;
import dev.unraced.server.linux.SocketFile;
import dev.unraced.server.linux.StartLock;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketProtocolFamily;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes captures over gRPC. The captures' owner closes them: after a server has gone, subscribers can resume with
 * the next one.
 *
 * <p>Thread-safe.
 */
public final class GrpcServer implements ServerState, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);
    static final int CALL_THREADS = 8;
    private static final long HANDSHAKE_SECONDS = 10;
    private static final long KEEP_ALIVE_SECONDS = 30;
    private static final long IDLE_MINUTES = 5;
    private static final long CLOSE_MILLIS = 5_000;
    private static final long FAREWELL_MILLIS = 200;

    private final ServerSettings settings;
    private final Captures captures;
    private final HealthStatusManager health = new HealthStatusManager();
    private final ConnectionLimiter limiter;
    private final List<Server> servers = new ArrayList<>();
    private final List<SocketFile> sockets = new ArrayList<>();
    private final EventLoopGroup acceptor;
    private final EventLoopGroup loops;
    private final ThreadPoolExecutor calls;
    private final UnracedService service;
    private final AtomicBoolean ending = new AtomicBoolean();
    private @Nullable TlsIdentity identity;

    private GrpcServer(ServerSettings settings, Captures captures) {
        this.settings = settings;
        this.captures = captures;
        this.limiter = new ConnectionLimiter(
                settings.access(),
                settings.limits().subscribers(),
                settings.limits().subscribersPerPeer());
        this.service = new UnracedService(captures, settings.access(), settings.limits());
        int workers = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));
        this.acceptor = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("unraced-accept", true), EpollIoHandler.newFactory());
        this.loops = new MultiThreadIoEventLoopGroup(
                workers, new DefaultThreadFactory("unraced-io", true), EpollIoHandler.newFactory());
        this.calls = new ThreadPoolExecutor(
                CALL_THREADS,
                CALL_THREADS,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("unraced-calls", true));
        calls.allowCoreThreadTimeOut(true);
    }

    /**
     * Starts a server; if that fails, nothing of it remains.
     *
     * @throws InvalidConfigException when the settings would open the server to everyone, or certificates cannot be
     *     used
     * @throws CaptureException when the server cannot listen as asked
     */
    public static GrpcServer start(ServerSettings settings, Captures captures) {
        if (!Epoll.isAvailable()) {
            throw new CaptureException(
                    "The server needs Linux and netty's native library: "
                            + Epoll.unavailabilityCause().getMessage(),
                    Epoll.unavailabilityCause());
        }
        captures.begin();
        GrpcServer server = new GrpcServer(settings, captures);
        try {
            for (Address address : settings.addresses()) {
                server.listen(address);
            }
            server.tellHealth(ServingStatus.SERVING);
            captures.shared().ifPresent(shared -> shared.whenOver(() -> server.tellHealth(ServingStatus.NOT_SERVING)));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void tellHealth(ServingStatus status) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        health.setStatus("unraced.v1.Unraced", status);
    }

    /** Returns the addresses on which it listens, with the ports that the kernel chose. */
    public List<Address> addresses() {
        List<Address> addresses = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            addresses.add(
                    settings.addresses().get(i) instanceof Address.Tcp tcp
                            ? new Address.Tcp(tcp.host(), servers.get(i).getPort())
                            : settings.addresses().get(i));
        }
        return addresses;
    }

    @Override
    public Optional<Instant> certificateEnd() {
        return Optional.ofNullable(identity).map(TlsIdentity::end);
    }

    @Override
    public long turnedAway() {
        return limiter.turnedAway();
    }

    private void listen(Address address) {
        SocketFile file = address instanceof Address.Unix unix ? new SocketFile(Path.of(unix.path())) : null;
        try (StartLock turn = file == null ? null : file.lock()) {
            listen(address, file);
        }
        LOG.info("Listening at {}", addresses().get(servers.size() - 1));
    }

    private void listen(Address address, @Nullable SocketFile file) {
        if (file != null) {
            file.prepare();
        }
        KeptSocketAddress kept = address instanceof Address.Unix unix ? new KeptSocketAddress(unix.path()) : null;
        NettyServerBuilder builder = kept != null ? unix(kept) : tcp((Address.Tcp) address);
        Server server = builder.bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(loops)
                .executor(calls)
                .addTransportFilter(limiter.transports())
                .maxConcurrentCallsPerConnection(settings.limits().callsPerConnection())
                .maxInboundMessageSize(Protocol.MAX_REQUEST)
                .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
                .addService(ServerInterceptors.intercept(service, new PeerAuthorization(settings.access(), limiter)))
                .addService(ServerInterceptors.intercept(
                        ProtoReflectionServiceV1.newInstance(), new PeerAuthorization(settings.access(), limiter)))
                .addService(health.getHealthService())
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new CaptureException("Cannot listen at " + address + ": " + cause(e), e);
        }
        servers.add(server);
        if (kept != null) {
            kept.bound();
        }
        if (file != null) {
            sockets.add(file);
            file.grant(settings.socketMode(), settings.socketOwner());
            warnOfClosedFolder(file, address);
        }
    }

    private void warnOfClosedFolder(SocketFile file, Address address) {
        Path closed = file.obstacle(settings.socketMode(), settings.socketOwner());
        if (closed != null) {
            LOG.warn(
                    "Not all whom the mode {} of {} lets in may enter the folder {}: they are refused there. Open it, or"
                            + " listen elsewhere",
                    String.format("%04o", settings.socketMode()),
                    address,
                    closed);
        }
    }

    /** Prepares a change to another user, who has to be able to remove the server's sockets. */
    public void handOver(Account next) {
        sockets.forEach(file -> file.handOver(new Owner(next.uid(), next.gid())));
    }

    private NettyServerBuilder unix(KeptSocketAddress address) {
        return NettyServerBuilder.forAddress(address, InsecureServerCredentials.create())
                // gRPC sets this option on every socket, and netty warns of sockets that do not have it.
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                .channelFactory(() -> received(new EpollServerDomainSocketChannel()));
    }

    private NettyServerBuilder tcp(Address.Tcp address) {
        InetSocketAddress resolved = address.resolve();
        // Without a family, netty listens at [::] when it is told 0.0.0.0. A socket at [::] takes both families.
        SocketProtocolFamily family =
                resolved.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        return NettyServerBuilder.forAddress(resolved, credentials(address))
                .channelFactory(() -> received(new EpollServerSocketChannel(family)));
    }

    private ServerChannel received(ServerChannel channel) {
        channel.pipeline().addLast(limiter);
        return channel;
    }

    private ServerCredentials credentials(Address.Tcp address) {
        if (settings.tls() != null) {
            if (identity == null) {
                identity = identity();
            }
            return TlsServerCredentials.newBuilder()
                    .keyManager(identity.keys())
                    .trustManager(identity.trust())
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                    .build();
        }
        if (!address.isLoopback()) {
            throw new InvalidConfigException(List.of("without TLS, anybody could read the events of this machine at "
                    + address + "; give --certificate, --key and --authorities"));
        }
        if (!settings.plaintext()) {
            throw new InvalidConfigException(
                    List.of(
                            "without TLS, every user of this machine could subscribe at " + address
                                    + "; give --certificate, --key and --authorities, or --plaintext if that is what you want"));
        }
        return InsecureServerCredentials.create();
    }

    private TlsIdentity identity() {
        try {
            return new TlsIdentity(Objects.requireNonNull(settings.tls()));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(List.of("TLS: " + e.getMessage()));
        }
    }

    private static String cause(IOException e) {
        String message = e.getCause() == null
                ? String.valueOf(e.getMessage())
                : String.valueOf(e.getCause().getMessage());
        // Netty puts its own function and the negative error number first.
        return message.replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-\\d+\\): ", "");
    }

    /**
     * Stops in order: refuses new subscribers, delivers the backlog, and tells all subscribers to come back later. The
     * captures consume no more after this.
     */
    public void stop(long nanos) {
        announceEnd();
        servers.forEach(Server::shutdown);
        captures.drain(nanos);
        // Watchers of the server's health stay, and have to learn of the end before the connection breaks.
        servers.forEach(server -> await(server, FAREWELL_MILLIS));
        close();
    }

    /** Breaks all connections. */
    @Override
    public void close() {
        announceEnd();
        servers.forEach(Server::shutdownNow);
        servers.forEach(server -> await(server, CLOSE_MILLIS));
        sockets.forEach(SocketFile::delete);
        if (identity != null) {
            identity.close();
        }
        for (EventLoopGroup group : List.of(acceptor, loops)) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
        // The calls that report broken streams run before this.
        calls.shutdown();
    }

    private void announceEnd() {
        if (ending.compareAndSet(false, true)) {
            health.enterTerminalState();
        }
    }

    private static void await(Server server, long millis) {
        try {
            server.awaitTermination(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
