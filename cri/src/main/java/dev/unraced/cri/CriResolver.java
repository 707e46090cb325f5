// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cri;

import dev.unraced.cri.v1.Container;
import dev.unraced.cri.v1.ImageSpec;
import dev.unraced.cri.v1.ListContainersRequest;
import dev.unraced.cri.v1.ListPodSandboxRequest;
import dev.unraced.cri.v1.PodSandbox;
import dev.unraced.cri.v1.RuntimeServiceGrpc;
import dev.unraced.process.ContainerAbsence;
import dev.unraced.process.ContainerDetails;
import dev.unraced.process.ContainerResolver;
import dev.unraced.process.Pod;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Asks a container runtime by the Container Runtime Interface. Each question has a connection of its own: questions are
 * rare, nothing has to be closed, and a runtime that was started again is met by the next one.
 */
final class CriResolver implements ContainerResolver {
    /** The longest answer; the kubelet takes no longer one, either. */
    private static final int LONGEST = 16 << 20;
    /** The kubelet repeats a pod's name, namespace and uid among its labels. */
    private static final String REPEATED = "io.kubernetes.pod.";

    private final CriSettings settings;

    CriResolver(CriSettings settings) {
        this.settings = settings;
    }

    @Override
    public Duration pause() {
        return settings.pause();
    }

    @Override
    public Listing list() {
        Optional<Path> socket = settings.sockets().stream()
                .filter(path -> !Files.notExists(path))
                .findFirst();
        if (socket.isEmpty()) {
            return noSocket();
        }
        if (!Epoll.isAvailable()) {
            return new Failure(
                    ContainerAbsence.NO_ANSWER,
                    "netty's native library is needed, and cannot be used: " + Epoll.unavailabilityCause());
        }
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("unraced-cri-io", true), EpollIoHandler.newFactory());
        try {
            return list(socket.get(), loop);
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        }
    }

    private Listing list(Path socket, EventLoopGroup loop) {
        ManagedChannel channel = channel(socket, loop);
        try {
            return new Containers(ask(RuntimeServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)));
        } catch (StatusRuntimeException e) {
            return failure(socket, e.getStatus());
        } finally {
            channel.shutdownNow();
        }
    }

    static ManagedChannel channel(Path socket, EventLoopGroup loop) {
        return NettyChannelBuilder.forAddress(
                        new DomainSocketAddress(socket.toString()), InsecureChannelCredentials.create())
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(loop)
                // gRPC sets this option on every socket, and netty warns of sockets that do not have it.
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                // There is no host, but HTTP/2 needs a name.
                .overrideAuthority("localhost")
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(LONGEST)
                .userAgent("unraced")
                .build();
    }

    /** Asks for containers before pods, since a pod is there before its containers. */
    private static Map<String, ContainerDetails> ask(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime) {
        var containers = runtime.listContainers(ListContainersRequest.getDefaultInstance());
        var pods = runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
        Map<String, ContainerDetails> byId = new HashMap<>();
        for (PodSandbox sandbox : pods.getItemsList()) {
            byId.put(
                    sandbox.getId(),
                    new ContainerDetails(Optional.empty(), Optional.empty(), Optional.empty(), pod(sandbox)));
        }
        for (Container container : containers.getContainersList()) {
            ContainerDetails sandbox = byId.get(container.getPodSandboxId());
            // A container whose pod was removed meanwhile makes no more calls.
            if (sandbox != null) {
                byId.put(container.getId(), details(container, sandbox.pod()));
            }
        }
        return byId;
    }

    private static Pod pod(PodSandbox sandbox) {
        Map<String, String> labels = sandbox.getLabelsMap().entrySet().stream()
                .filter(label -> !label.getKey().startsWith(REPEATED))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return Pod.of(
                sandbox.getMetadata().getName(),
                sandbox.getMetadata().getNamespace(),
                sandbox.getMetadata().getUid(),
                labels);
    }

    private static ContainerDetails details(Container container, Pod pod) {
        ImageSpec image = container.getImage();
        return new ContainerDetails(
                present(container.getMetadata().getName()),
                present(image.getUserSpecifiedImage()).or(() -> present(image.getImage())),
                present(container.getImageRef()),
                pod);
    }

    private static Optional<String> present(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private Failure noSocket() {
        String places = settings.sockets().stream().map(Path::toString).collect(Collectors.joining(" nor "));
        return new Failure(
                ContainerAbsence.NO_SOCKET,
                "there is no socket " + places + "; name the container runtime's by " + CriSettings.SECTION + "socket");
    }

    private static Failure failure(Path socket, Status status) {
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            return new Failure(
                    ContainerAbsence.NO_CRI,
                    socket + " does not speak the Container Runtime Interface, version 1; is containerd's plugin cri"
                            + " disabled?");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // While the queue of a runtime that hangs is full, a connection would wait for ever.
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (BindException e) {
            // EACCES, whose words are in the user's language.
            return new Failure(
                    ContainerAbsence.NOT_ALLOWED,
                    "user " + System.getProperty("user.name", "?") + " may not connect to " + socket);
        } catch (ConnectException e) {
            return new Failure(ContainerAbsence.NO_ANSWER, "nobody listens at " + socket);
        } catch (IOException e) {
            return new Failure(ContainerAbsence.NO_ANSWER, socket + " takes no connection: " + e.getMessage());
        }
        return new Failure(
                ContainerAbsence.NO_ANSWER,
                socket + " does not answer: " + status.getCode()
                        + (status.getDescription() == null ? "" : ", " + status.getDescription()));
    }
}
