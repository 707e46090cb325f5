// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.cri.v1.ImageSpec;
import dev.unraced.process.Container;
import dev.unraced.process.ContainerAbsence;
import dev.unraced.process.ContainerDetails;
import dev.unraced.process.ContainerNames;
import dev.unraced.process.ContainerResolver;
import dev.unraced.process.ContainerResolver.Containers;
import dev.unraced.process.ContainerResolver.Failure;
import dev.unraced.process.Pod;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the questions to a container runtime against a server that speaks as one, over a real socket. */
@Timeout(60)
class CriResolverTest {
    private static final String ID = "ab".repeat(32);
    private static final String POD_ID = "cd".repeat(32);
    private static final String UID = "3f0dc6a2-0f5e-4b0c-8a6e-6f7c2f0f8d11";
    private static final ImageSpec IMAGE = ImageSpec.newBuilder()
            .setImage("sha256:1f")
            .setUserSpecifiedImage("registry.example/web:1.2")
            .build();

    @TempDir
    private Path folder;

    private Path socket() {
        return folder.resolve("runtime.sock");
    }

    private ContainerResolver resolver() {
        return new CriResolver(new CriSettings(List.of(socket()), Duration.ofMillis(100), Duration.ofSeconds(2)));
    }

    private static FakeRuntime shop() {
        return new FakeRuntime()
                .pod(POD_ID, "shop", "web-0", UID, Map.of("app", "web", "io.kubernetes.pod.name", "web-0"))
                .container(ID, POD_ID, "web", IMAGE);
    }

    private ContainerNames names() {
        return new ContainerNames(resolver());
    }

    private static Container container(String id) {
        return new Container(id, "containerd", Optional.empty());
    }

    private static ContainerDetails await(ContainerNames names, String id) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> names.detailsOf(container(id)), details -> details != null);
    }

    @Test
    void aContainerHasTheNamesThatTheRuntimeTells() throws IOException {
        try (FakeRuntime runtime = shop().start(socket())) {
            Pod pod = Pod.of("web-0", "shop", UID, Map.of("app", "web"));
            assertThat(resolver().list())
                    .isEqualTo(new Containers(Map.of(
                            ID,
                            new ContainerDetails(
                                    Optional.of("web"),
                                    Optional.of("registry.example/web:1.2"),
                                    Optional.of("sha256:1f"),
                                    pod),
                            POD_ID,
                            new ContainerDetails(Optional.empty(), Optional.empty(), Optional.empty(), pod))));
        }
    }

    /** CRI-O names the cgroup of a pod's sandbox as those of its containers, and runs conmon beside them. */
    @Test
    void cgroupsOfCriOLeadToTheContainerAndToTheSandbox() throws IOException {
        String pod =
                "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + UID.replace('-', '_') + ".slice/";
        Container web =
                Container.ofCgroup(pod + "crio-" + ID + ".scope/container").orElseThrow();
        Container sandbox =
                Container.ofCgroup(pod + "crio-" + POD_ID + ".scope").orElseThrow();
        try (FakeRuntime runtime = shop().start(socket())) {
            ContainerNames names = names();
            ContainerDetails details = Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> names.detailsOf(web), told -> told != null);
            assertThat(details.name()).contains("web");
            assertThat(names.detailsOf(sandbox))
                    .isEqualTo(
                            new ContainerDetails(Optional.empty(), Optional.empty(), Optional.empty(), details.pod()));
        }
        assertThat(web.runtime()).isEqualTo("cri-o");
        assertThat(Container.ofCgroup(pod + "crio-conmon-" + ID + ".scope"))
                .as("what watches a container is outside of it")
                .isEmpty();
    }

    @Test
    void anImageIsWhatAnOlderKubeletWritesWhereThereIsNoOtherName() throws IOException {
        try (FakeRuntime runtime = shop().container(
                        "12",
                        POD_ID,
                        "side",
                        ImageSpec.newBuilder().setImage("old").build())
                .start(socket())) {
            assertThat(((Containers) resolver().list()).byId().get("12"))
                    .extracting(ContainerDetails::image)
                    .isEqualTo(Optional.of("old"));
        }
    }

    @Test
    void aContainerWithoutItsPodIsNotGuessed() throws IOException {
        try (FakeRuntime runtime =
                shop().container("12", "removed", "lonely", IMAGE).start(socket())) {
            assertThat(((Containers) resolver().list()).byId()).containsOnlyKeys(ID, POD_ID);
        }
    }

    @Test
    void labelsAreBounded() throws IOException {
        Map<String, String> labels = IntStream.range(0, 100)
                .boxed()
                .collect(Collectors.toMap(i -> "label-%03d".formatted(i), i -> "x".repeat(200)));
        try (FakeRuntime runtime =
                new FakeRuntime().pod(POD_ID, "shop", "web-0", UID, labels).start(socket())) {
            Pod pod = ((Containers) resolver().list()).byId().get(POD_ID).pod();
            assertThat(pod.labels()).hasSize(Pod.MOST_CHARACTERS / 209).containsKey("label-000");
            assertThat(pod.omittedLabels()).isEqualTo(100 - pod.labels().size());
        }
    }

    @Test
    void aSocketThatIsNotThereIsNamed() {
        assertThat(resolver().list())
                .isEqualTo(new Failure(
                        ContainerAbsence.NO_SOCKET,
                        "there is no socket " + socket() + "; name the container runtime's by unraced.cri.socket"));
    }

    @Test
    void aSocketWithoutAListenerDoesNotAnswer() throws IOException {
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket()));
        }
        assertThat(resolver().list())
                .isEqualTo(new Failure(ContainerAbsence.NO_ANSWER, "nobody listens at " + socket()));
    }

    @Test
    void aServerOfSomethingElseIsNoRuntime() throws IOException {
        try (FakeRuntime other = new FakeRuntime().start(socket(), null)) {
            assertThat(resolver().list())
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(ContainerAbsence.NO_CRI));
        }
    }

    @Test
    void aRuntimeThatHangsIsGivenUp() throws IOException {
        try (FakeRuntime runtime = shop()) {
            runtime.answers = new CountDownLatch(1);
            runtime.start(socket());
            assertThat(resolver().list()).isInstanceOfSatisfying(Failure.class, failure -> {
                assertThat(failure.reason()).isEqualTo(ContainerAbsence.NO_ANSWER);
                assertThat(failure.message()).contains("DEADLINE_EXCEEDED");
            });
            runtime.answers.countDown();
        }
    }

    @Test
    void aRuntimeWhoseQueueIsFullIsGivenUp() throws IOException {
        try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            hanging.bind(UnixDomainSocketAddress.of(socket()), 1);
            first.connect(UnixDomainSocketAddress.of(socket()));
            second.connect(UnixDomainSocketAddress.of(socket()));
            assertThat(resolver().list()).isInstanceOfSatisfying(Failure.class, failure -> {
                assertThat(failure.reason()).isEqualTo(ContainerAbsence.NO_ANSWER);
                assertThat(failure.message()).contains("takes no connection");
            });
        }
    }

    @Test
    void whoMayNotWriteToTheSocketIsToldSo() throws IOException, InterruptedException {
        try (FakeRuntime runtime = shop().start(socket())) {
            List<String> command = new ArrayList<>();
            if (System.getProperty("user.name").equals("root")) {
                // Root without capabilities is a user like any other, whose files are its own.
                command.addAll(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"));
                Files.setAttribute(socket(), "unix:uid", 65534);
            }
            Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("r--r--r--"));
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Asking.class.getName(),
                    socket().toString()));
            Process asking =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            assertThat(new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("reason=NOT_ALLOWED", "may not connect to " + socket());
            assertThat(asking.waitFor()).isZero();
        }
    }

    /** Prints what a user without privilege is told. */
    static final class Asking {
        private Asking() {}

        public static void main(String[] arguments) {
            CriSettings settings =
                    new CriSettings(List.of(Path.of(arguments[0])), Duration.ofMillis(100), Duration.ofSeconds(20));
            System.out.println(new CriResolver(settings).list());
        }
    }

    @Test
    void aRuntimeThatComesBackIsMet() throws IOException {
        ContainerNames names = names();
        Awaitility.await().until(() -> names.absenceOf(container(ID)) == ContainerAbsence.NO_SOCKET);
        try (FakeRuntime runtime = shop().start(socket())) {
            assertThat(await(names, ID).name()).contains("web");
        }
        Files.deleteIfExists(socket());
        String later = "ef".repeat(32);
        Awaitility.await().until(() -> names.absenceOf(container(later)) == ContainerAbsence.NO_SOCKET);
        // The details that were told once are still known.
        assertThat(names.detailsOf(container(ID))).isNotNull();
        try (FakeRuntime runtime =
                shop().container(later, POD_ID, "later", IMAGE).start(socket())) {
            assertThat(await(names, later).name()).contains("later");
        }
    }

    @Test
    void aRuntimeThatHangsDelaysNoEvent() throws IOException {
        try (FakeRuntime runtime = shop()) {
            runtime.answers = new CountDownLatch(1);
            runtime.start(socket());
            ContainerNames names = names();
            Awaitility.await().until(() -> runtime.asked.get() == 1);
            long begun = System.nanoTime();
            int known = 0;
            for (int i = 0; i < 100_000; i++) {
                known += names.detailsOf(container(ID)) == null ? 0 : 1;
            }
            assertThat(known).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
            runtime.answers.countDown();
            assertThat(await(names, ID).name()).contains("web");
        }
    }

    @Test
    void theConfigurationTurnsItOn() throws IOException {
        try (FakeRuntime runtime = shop().start(socket())) {
            ContainerNames names = ContainerNames.of(CaptureConfig.builder()
                    .processEvents(true)
                    .containerNames(true)
                    .set("cri.socket", socket().toString())
                    .build());
            assertThat(names).isNotNull();
            assertThat(await(names, ID).pod().namespace()).isEqualTo("shop");
        }
        assertThat(ContainerNames.of(CaptureConfig.builder().processEvents(true).build()))
                .isNull();
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> ContainerNames.of(CaptureConfig.builder()
                        .processEvents(true)
                        .containerNames(true)
                        .set("cri.socket", "unix:/run/x.sock")
                        .set("cri.pause-ms", 1)
                        .set("cri.timeout-ms", 1)
                        .build()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("unraced.cri.socket = unix:/run/x.sock; allowed: an absolute path")
                .hasMessageContaining("unraced.cri.pause-ms = 1; allowed: 100 to 3600000")
                .hasMessageContaining("unraced.cri.timeout-ms = 1; allowed: 100 to 60000");
    }
}
