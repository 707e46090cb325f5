// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ContainerNamesTest {
    private static final String UID = "3f0dc6a2-0f5e-4b0c-8a6e-6f7c2f0f8d11";

    private final Map<String, ContainerDetails> running = new ConcurrentHashMap<>();
    private volatile ContainerResolver.@Nullable Failure failure;
    private volatile CountDownLatch answers = new CountDownLatch(0);

    private final ContainerResolver runtime = new ContainerResolver() {
        @Override
        public Listing list() {
            try {
                answers.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Failure now = failure;
            return now == null ? new Containers(Map.copyOf(running)) : now;
        }

        @Override
        public Duration pause() {
            return Duration.ofMillis(20);
        }
    };

    private static ContainerDetails details(String name) {
        return new ContainerDetails(
                Optional.of(name),
                Optional.of("image"),
                Optional.empty(),
                Pod.of("pod-of-" + name, "shop", UID, Map.of()));
    }

    private static Container container(String id) {
        return new Container(id, "containerd", Optional.empty());
    }

    @Test
    void aResolverThatCannotBeLoadedIsNotAskedAtEachEvent() throws InterruptedException {
        AtomicInteger uncaught = new AtomicInteger();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> uncaught.incrementAndGet());
        try {
            ContainerNames names = new ContainerNames(() -> {
                throw new NoClassDefFoundError("io/grpc/Channel");
            });
            until(() -> names.absenceOf(container("one")) == ContainerAbsence.NO_ANSWER);
            long questions = names.questions();
            for (int i = 0; i < 100; i++) {
                names.detailsOf(container("one"));
                Thread.sleep(1);
            }
            assertThat(names.questions()).isLessThanOrEqualTo(questions + 2);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(null);
        }
        assertThat(uncaught).hasValue(0);
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    @Test
    void whatRunsAtTheBeginIsKnownBeforeItIsAskedFor() throws InterruptedException {
        running.put("a", details("a"));
        ContainerNames names = new ContainerNames(runtime);
        until(() -> names.known() == 1);
        assertThat(names.detailsOf(container("a"))).isEqualTo(details("a"));
        assertThat(names.questions()).isEqualTo(1);
    }

    @Test
    void aContainerThatBeginsLaterIsNotKnownAtTheFirstQuestionButSoonAfter() throws InterruptedException {
        ContainerNames names = new ContainerNames(runtime);
        until(() -> names.questions() == 1);
        running.put("b", details("b"));
        assertThat(names.detailsOf(container("b"))).isNull();
        until(() -> names.detailsOf(container("b")) != null);
        ContainerDetails first = names.detailsOf(container("b"));
        // Another container's begin asks again, and the answer of before remains the same object.
        running.put("c", details("c"));
        until(() -> names.detailsOf(container("c")) != null);
        assertThat(names.detailsOf(container("b"))).isSameAs(first);
    }

    @Test
    void whatIsNotListedIsAskedForLessAndLessOften() throws InterruptedException {
        ContainerNames names = new ContainerNames(runtime);
        assertThat(names.absenceOf(container("docker"))).isEqualTo(ContainerAbsence.NOT_YET);
        until(() -> names.absenceOf(container("docker")) == ContainerAbsence.NOT_LISTED);
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < Duration.ofSeconds(2).toNanos()) {
            names.detailsOf(container("docker"));
        }
        // 100 pauses have gone by; the runtime was asked after 1, 2, 4, 8, 16 and 32 of them.
        assertThat(names.questions()).isBetween(3L, 12L);
    }

    @Test
    void newIdsWithoutNamesAreAskedForLessAndLessOften() throws InterruptedException {
        ContainerNames names = new ContainerNames(runtime);
        long begun = System.nanoTime();
        for (int i = 0; System.nanoTime() - begun < Duration.ofSeconds(2).toNanos(); i++) {
            names.detailsOf(container("forged" + i));
            Thread.sleep(1);
        }
        // 100 pauses have gone by; the runtime was asked after 1, 2, 4, 8, 16 and each further 16 of them.
        assertThat(names.questions()).isBetween(3L, 12L);
        // One that is real among them gets its names.
        running.put("real", details("real"));
        until(() -> names.detailsOf(container("real")) != null);
    }

    @Test
    void aReasonIsToldUntilTheRuntimeAnswers() throws InterruptedException {
        failure = new ContainerResolver.Failure(ContainerAbsence.NOT_ALLOWED, "user nobody may not");
        running.put("a", details("a"));
        ContainerNames names = new ContainerNames(runtime);
        until(() -> names.absenceOf(container("a")) == ContainerAbsence.NOT_ALLOWED);
        failure = null;
        until(() -> names.detailsOf(container("a")) != null);
        failure = new ContainerResolver.Failure(ContainerAbsence.NO_ANSWER, "gone");
        until(() -> names.absenceOf(container("b")) == ContainerAbsence.NO_ANSWER);
        assertThat(names.detailsOf(container("a"))).isNotNull();
    }

    @Test
    void aResolverThatThrowsGivesNoAnswer() throws InterruptedException {
        ContainerNames names = new ContainerNames(() -> {
            throw new IllegalStateException("broken");
        });
        until(() -> names.absenceOf(container("a")) == ContainerAbsence.NO_ANSWER);
    }

    @Test
    void aContainerInAnotherPodThanItsCgroupNamesHasNoNames() throws InterruptedException {
        running.put("a", details("a"));
        ContainerNames names = new ContainerNames(runtime);
        until(() -> names.known() == 1);
        assertThat(names.detailsOf(new Container("a", "containerd", Optional.of(UID))))
                .isNotNull();
        Container forged = new Container("a", "containerd", Optional.of(UID.replace('3', '4')));
        assertThat(names.detailsOf(forged)).isNull();
        assertThat(names.absenceOf(forged)).isEqualTo(ContainerAbsence.OTHER_POD);
    }

    @Test
    void aUsersOwnCgroupGetsNoNamesAndAsksNothing() throws InterruptedException {
        running.put("a", details("a"));
        ContainerNames names = new ContainerNames(runtime);
        until(() -> names.known() == 1);
        for (String id : List.of("a", "b")) {
            Container forged = new Container(id, "unknown", Optional.of(UID), List.of(), OptionalLong.of(1000));
            assertThat(names.detailsOf(forged)).isNull();
            assertThat(names.absenceOf(forged)).isEqualTo(ContainerAbsence.DELEGATED);
        }
        assertThat(names.known()).isEqualTo(1);
    }

    @Test
    void namesThatComeBetweenTwoLooksAreNoForgery() throws InterruptedException {
        answers = new CountDownLatch(1);
        running.put("a", details("a"));
        ContainerNames names = new ContainerNames(runtime);
        Container asked = new Container("a", "containerd", Optional.of(UID));
        assertThat(names.detailsOf(asked)).isNull();
        answers.countDown();
        until(() -> names.detailsOf(asked) != null);
        assertThat(names.absenceOf(asked)).isEqualTo(ContainerAbsence.NOT_YET);
    }

    @Test
    void forgedContainersDoNotDriveOutRealOnes() throws InterruptedException {
        running.putAll(IntStream.range(0, 50)
                .mapToObj(i -> "real" + i)
                .collect(Collectors.toMap(id -> id, ContainerNamesTest::details)));
        ContainerNames names = new ContainerNames(runtime, 100);
        until(() -> names.known() == 50);
        for (int i = 0; i < 20_000; i++) {
            names.detailsOf(container("forged" + i));
            assertThat(names.known()).isLessThanOrEqualTo(100 + 256 + 1);
        }
        assertThat(names.absenceOf(container("one more"))).isEqualTo(ContainerAbsence.CROWDED);
        until(() -> names.evicted() > 0);
        until(() -> names.known() <= 100);
        for (int i = 0; i < 50; i++) {
            assertThat(names.detailsOf(container("real" + i))).isEqualTo(details("real" + i));
        }
        // One that begins now still gets its names.
        running.put("later", details("later"));
        until(() -> names.detailsOf(container("later")) != null);
    }

    @Test
    void whatTheRuntimeNoLongerHasIsGivenUpBeforeWhatItHas() throws InterruptedException {
        running.putAll(IntStream.range(0, 8)
                .mapToObj(i -> "ended" + i)
                .collect(Collectors.toMap(id -> id, ContainerNamesTest::details)));
        ContainerNames names = new ContainerNames(runtime, 10);
        until(() -> names.known() == 8);
        running.clear();
        running.putAll(IntStream.range(0, 6)
                .mapToObj(i -> "new" + i)
                .collect(Collectors.toMap(id -> id, ContainerNamesTest::details)));
        until(() -> names.detailsOf(container("new0")) != null);
        until(() -> names.evicted() == 4);
        for (int i = 0; i < 6; i++) {
            assertThat(names.detailsOf(container("new" + i))).isNotNull();
        }
    }

    @Test
    void aRuntimeThatHangsDelaysNobody() {
        answers = new CountDownLatch(1);
        ContainerNames names = new ContainerNames(runtime);
        long begun = System.nanoTime();
        int known = 0;
        for (int i = 0; i < 100_000; i++) {
            known += names.detailsOf(container("id" + i)) == null ? 0 : 1;
        }
        assertThat(known).isZero();
        assertThat(names.known()).isLessThanOrEqualTo(ContainerNames.CAPACITY + 256);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        answers.countDown();
    }

    @Test
    void longTextsAreCut() {
        ContainerDetails long1 = details("x".repeat(600));
        assertThat(long1.name().orElseThrow()).hasSize(ContainerDetails.LONGEST).endsWith("x…");
        assertThat(long1.pod().name()).hasSize(ContainerDetails.LONGEST);
    }

    @Test
    void namesNeedSomethingThatAsksForThem() {
        CaptureConfig config =
                CaptureConfig.builder().processEvents(true).containerNames(true).build();
        assertThatThrownBy(() -> ContainerNames.of(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("add unraced-cri");
        assertThat(ContainerNames.of(CaptureConfig.builder().build())).isNull();
        assertThatThrownBy(() -> CaptureConfig.builder().containerNames(true).build())
                .isInstanceOf(InvalidConfigException.class)
                .extracting(e -> ((InvalidConfigException) e).problems())
                .isEqualTo(List.of("unraced.container-names = true (builder) needs unraced.process-events = on;"
                        + " allowed: off, or both on"));
    }
}
