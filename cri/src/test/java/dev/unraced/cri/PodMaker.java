// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cri;

import dev.unraced.cri.maker.ContainerConfig;
import dev.unraced.cri.maker.ContainerMetadata;
import dev.unraced.cri.maker.ContainerSecurityContext;
import dev.unraced.cri.maker.CreateContainerRequest;
import dev.unraced.cri.maker.ImageSpec;
import dev.unraced.cri.maker.LinuxContainerConfig;
import dev.unraced.cri.maker.LinuxPodSandboxConfig;
import dev.unraced.cri.maker.Mount;
import dev.unraced.cri.maker.NamespaceOption;
import dev.unraced.cri.maker.PodSandboxConfig;
import dev.unraced.cri.maker.PodSandboxMetadata;
import dev.unraced.cri.maker.PodSandboxRequest;
import dev.unraced.cri.maker.RunPodSandboxRequest;
import dev.unraced.cri.maker.RuntimeServiceGrpc;
import dev.unraced.cri.maker.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.unraced.cri.maker.SecurityContext;
import dev.unraced.cri.maker.StartContainerRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has a real container runtime make a pod with one container, as the kubelet does, for {@code deploy/kubernetes/pods}.
 * The pod has the node's network, so it needs no plugin for one; the container sees the machine's programs in /usr.
 */
public final class PodMaker {
    private static final String USAGE = """
            PodMaker SOCKET run NAMESPACE NAME UID LABEL=VALUE IMAGE COMMAND...   prints the ids of pod and container
            PodMaker SOCKET remove POD-ID""";

    private static final int NODE = 2;

    private PodMaker() {}

    /** Runs a command of {@code USAGE}. */
    public static void main(String[] words) {
        if (words.length < 3 || (words[1].equals("run") && words.length < 8)) {
            throw new IllegalArgumentException(USAGE);
        }
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ManagedChannel channel = CriResolver.channel(Path.of(words[0]), loop);
        try {
            RuntimeServiceBlockingStub runtime = RuntimeServiceGrpc.newBlockingStub(channel);
            if (words[1].equals("remove")) {
                PodSandboxRequest pod =
                        PodSandboxRequest.newBuilder().setPodSandboxId(words[2]).build();
                runtime.stopPodSandbox(pod);
                runtime.removePodSandbox(pod);
            } else {
                run(runtime, List.of(words).subList(2, words.length));
            }
        } finally {
            channel.shutdownNow();
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
    }

    private static void run(RuntimeServiceBlockingStub runtime, List<String> words) {
        NamespaceOption network = NamespaceOption.newBuilder().setNetwork(NODE).build();
        String uid = words.get(2);
        String[] label = words.get(3).split("=", 2);
        PodSandboxConfig pod = PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder()
                        .setNamespace(words.get(0))
                        .setName(words.get(1))
                        .setUid(uid))
                .putLabels(label[0], label[1])
                // As the kubelet, which repeats these.
                .putLabels("io.kubernetes.pod.name", words.get(1))
                .setLinux(LinuxPodSandboxConfig.newBuilder()
                        .setCgroupParent("/unraced-try/kubepods/besteffort/pod" + uid)
                        .setSecurityContext(SecurityContext.newBuilder().setNamespaceOptions(network)))
                .build();
        String podId = runtime.runPodSandbox(
                        RunPodSandboxRequest.newBuilder().setConfig(pod).build())
                .getPodSandboxId();
        ContainerConfig.Builder container = ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName("web"))
                .setImage(ImageSpec.newBuilder().setImage(words.get(4)))
                .addAllCommand(words.subList(5, words.size()))
                .setLinux(LinuxContainerConfig.newBuilder()
                        .setSecurityContext(
                                ContainerSecurityContext.newBuilder().setNamespaceOptions(network)));
        for (String folder : Arrays.asList("/usr", "/etc")) {
            container.addMounts(Mount.newBuilder()
                    .setContainerPath(folder)
                    .setHostPath(folder)
                    .setReadonly(true));
        }
        String id = runtime.createContainer(CreateContainerRequest.newBuilder()
                        .setPodSandboxId(podId)
                        .setSandboxConfig(pod)
                        .setConfig(container)
                        .build())
                .getContainerId();
        runtime.startContainer(
                StartContainerRequest.newBuilder().setContainerId(id).build());
        System.out.println(podId + " " + id);
    }
}
