// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cri;

import dev.unraced.cri.v1.Container;
import dev.unraced.cri.v1.ContainerMetadata;
import dev.unraced.cri.v1.ImageSpec;
import dev.unraced.cri.v1.ListContainersRequest;
import dev.unraced.cri.v1.ListContainersResponse;
import dev.unraced.cri.v1.ListPodSandboxRequest;
import dev.unraced.cri.v1.ListPodSandboxResponse;
import dev.unraced.cri.v1.PodSandbox;
import dev.unraced.cri.v1.PodSandboxMetadata;
import dev.unraced.cri.v1.RuntimeServiceGrpc;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers at a socket as a container runtime does, about pods and containers that tests choose. */
final class FakeRuntime extends RuntimeServiceGrpc.RuntimeServiceImplBase implements AutoCloseable {
    final CopyOnWriteArrayList<PodSandbox> pods = new CopyOnWriteArrayList<>();
    final CopyOnWriteArrayList<Container> containers = new CopyOnWriteArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    /** Answers wait for it. */
    volatile CountDownLatch answers = new CountDownLatch(0);

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private @Nullable Server server;

    FakeRuntime start(Path socket) throws IOException {
        return start(socket, this);
    }

    /** Listens, and speaks what a service does, or nothing. */
    FakeRuntime start(Path socket, @Nullable BindableService service) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new DomainSocketAddress(socket.toString()), InsecureServerCredentials.create())
                .channelType(EpollServerDomainSocketChannel.class)
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop);
        if (service != null) {
            builder.addService(service);
        }
        server = builder.build().start();
        return this;
    }

    FakeRuntime pod(String id, String namespace, String name, String uid, Map<String, String> labels) {
        pods.add(PodSandbox.newBuilder()
                .setId(id)
                .setMetadata(PodSandboxMetadata.newBuilder()
                        .setNamespace(namespace)
                        .setName(name)
                        .setUid(uid))
                .putAllLabels(labels)
                .build());
        return this;
    }

    FakeRuntime container(String id, String pod, String name, ImageSpec image) {
        containers.add(Container.newBuilder()
                .setId(id)
                .setPodSandboxId(pod)
                .setMetadata(ContainerMetadata.newBuilder().setName(name))
                .setImage(image)
                .setImageRef("sha256:1f")
                .build());
        return this;
    }

    @Override
    public void listPodSandbox(ListPodSandboxRequest request, StreamObserver<ListPodSandboxResponse> to) {
        to.onNext(ListPodSandboxResponse.newBuilder().addAllItems(pods).build());
        to.onCompleted();
    }

    @Override
    public void listContainers(ListContainersRequest request, StreamObserver<ListContainersResponse> to) {
        asked.incrementAndGet();
        try {
            if (!answers.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        to.onNext(
                ListContainersResponse.newBuilder().addAllContainers(containers).build());
        to.onCompleted();
    }

    @Override
    public void close() {
        if (server != null) {
            server.shutdownNow();
            try {
                server.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
