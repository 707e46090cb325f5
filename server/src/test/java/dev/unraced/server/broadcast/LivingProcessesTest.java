// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unraced.capture.Capture;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.EventFlag;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.server.linux.CgroupTree;
import dev.unraced.sim.SimKernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests what a reader that begins late is told of the processes that live then. */
@Timeout(60)
class LivingProcessesTest {
    private static final Set<Syscall> ALL_CALLS = EnumSet.allOf(Syscall.class);

    private final ProcessEncoder encoder = new ProcessEncoder();
    private final LivingProcesses living = new LivingProcesses(tgid -> false);
    private String container = "";
    private long now = 100;

    @Test
    void aChildRunsItsForkersProgramUntilItExecutesAnother() {
        living.update(exec(7, 1, 1, "/bin/sh", "sh\0"));
        living.update(fork(8, 2, 7, 1));
        assertThat(told())
                .extracting(event -> event.executable().toByteString().toUtf8())
                .containsExactly("/bin/sh", "/bin/sh");
        living.update(exec(8, 2, 2, "/bin/cat", "cat\0x\0"));

        List<ProcessView> told = told();
        assertThat(told)
                .extracting(event -> event.executable().toByteString().toUtf8())
                .containsExactlyInAnyOrder("/bin/sh", "/bin/cat");
        assertThat(told).allSatisfy(event -> {
            assertThat(event.type()).isEqualTo(ProcessView.Type.ALIVE);
            assertThat(event.has(EventFlag.HAS_FILE)).isTrue();
            assertThat(event.inode()).isEqualTo(15);
            assertThat(event.path().isPresent()).as("R16.5").isFalse();
            assertThat(event.arguments().isPresent()).as("R16.5").isFalse();
            assertThat(event.cgroupPath().toByteString().toUtf8()).isEqualTo("/system.slice");
        });
        assertThat(told).extracting(ProcessView::sequence).containsExactly(1L, 2L);
        assertThat(told).extracting(ProcessView::processKey).doesNotHaveDuplicates();
    }

    @Test
    void theTerminalOfBeforeIsNotToldLater() {
        begin(ProcessView.Type.EXEC, 7, 1, 1).terminal(136, 3);
        living.update(end());
        begin(ProcessView.Type.FORK, 8, 2, 1).forker(7, 1).terminal(0, 0);
        living.update(end());
        living.update(fork(9, 3, 7, 1));
        assertThat(told())
                .extracting(
                        event -> event.isTerminalKnown() + " " + event.terminalMajor() + ":" + event.terminalMinor())
                .containsOnly("false 0:0");
    }

    @Test
    void aForkOfAForkerThatNobodyKnowsHasNoProgram() {
        living.update(exec(7, 1, 1, "/bin/sh", "sh\0"));
        living.update(fork(8, 2, 7, 99));
        ProcessView child =
                told().stream().filter(event -> event.tgid() == 8).findFirst().orElseThrow();
        assertThat(child.has(EventFlag.HAS_FILE)).isFalse();
        assertThat(child.executable().isPresent()).isFalse();
        assertThat(child.inode())
                .as("it is where a fork has its forker's start")
                .isZero();
    }

    @Test
    void aForkOfAForkerThatHasExecutedUnseenHasNotItsFormerProgram() {
        living.update(exec(7, 1, 1, "/bin/sh", "sh\0"));
        // The forker's image is the second, of which no event told: the child has that one.
        begin(ProcessView.Type.FORK, 8, 2, 2).forker(7, 1);
        living.update(end());
        ProcessView child =
                told().stream().filter(event -> event.tgid() == 8).findFirst().orElseThrow();
        assertThat(child.execId()).isEqualTo(2);
        assertThat(child.has(EventFlag.HAS_FILE)).isFalse();
        assertThat(child.executable().isPresent()).isFalse();
        assertThat(child.cgroupPath().toByteString().toUtf8())
                .as("the cgroup is the same")
                .isEqualTo("/system.slice");
    }

    @Test
    void eachIsAsItsImageBegan() {
        now = 500;
        encoder.begin(ProcessView.Type.EXEC, now)
                .sequence(3, 1)
                .process(7, 70, 1, 1)
                .comm(bytes("name"))
                .path(bytes("/bin/sh"))
                .executable(bytes("/bin/sh"), 8, 1, 15);
        living.update(end());
        now = 900;
        living.update(exec(9, 2, 1, "/bin/cat", "cat\0"));
        ProcessView first = told().get(0);
        assertThat(first.nanos())
                .as("its ids and its parent may be others by now")
                .isEqualTo(500);
        assertThat(first.tid()).as("the thread that executed").isEqualTo(7);
    }

    @Test
    void parentsComeBeforeTheirChildren() {
        for (int i = 1_000; i > 0; i--) {
            living.update(exec(i * 7919 % 100_000, i, 1, "/bin/sh", "sh\0"));
        }
        assertThat(told()).hasSize(1_000).extracting(ProcessView::startNanos).isSorted();
        assertThat(told()).extracting(ProcessView::sequence).isSorted();
    }

    @Test
    void thoseThatEndedUnseenMakeRoom() {
        LivingProcesses few = new LivingProcesses(8, 1 << 20, tgid -> tgid >= 100);
        for (int i = 0; i < 4; i++) {
            few.update(exec(1 + i, 1 + i, 1, "/sbin/daemon", ""));
        }
        for (int i = 0; i < 1_000; i++) {
            few.update(exec(100 + i, 10 + i, 1, "/bin/true", ""));
        }
        assertThat(few.known()).isEqualTo(8);
        assertThat(few.evicted()).isZero();
        assertThat(told(few)).extracting(ProcessView::tgid).contains(1, 2, 3, 4, 1_099);
    }

    @Test
    void whereAllMayLiveOneIsGivenUpAndCounted() {
        LivingProcesses few = new LivingProcesses(8, 1 << 20, tgid -> false);
        for (int i = 0; i < 1_000; i++) {
            few.update(exec(100 + i, 10 + i, 1, "/bin/true", ""));
        }
        assertThat(few.known()).isEqualTo(8);
        assertThat(few.evicted()).isEqualTo(992);
        assertThat(told(few)).extracting(ProcessView::tgid).contains(1_099);
    }

    @Test
    void longPathsTakeNoMoreThanTheirShare() {
        LivingProcesses full = new LivingProcesses(1_000, 100_000, tgid -> false);
        String path = "/" + "d".repeat(4_000) + "/end";
        for (int i = 0; i < 500; i++) {
            full.update(exec(100 + i, 10 + i, 1, path, ""));
        }
        List<byte[]> records = full.records();
        assertThat(records.stream().mapToLong(record -> record.length).sum()).isLessThan(100_000 + 5_000 + 500 * 400);
        ProcessView last = told(full).get(499);
        assertThat(last.executable().toByteString().toUtf8()).hasSize(128).endsWith("d/end");
        assertThat(last.has(EventFlag.RESOLVED_TRUNCATED)).isTrue();
        assertThat(told(full).get(0).executable().toByteString().toUtf8()).isEqualTo(path);
        full.update(exec(7, 5_000, 1, "/bin/sh", ""));
        assertThat(told(full).get(500).executable().toByteString().toUtf8()).isEqualTo("/bin/sh");
    }

    @Test
    void whatHasEndedIsNotToldAndAnotherWithItsIdIs() {
        living.update(exec(7, 1, 1, "/bin/sh", "sh\0"));
        living.update(exit(7, 99));
        assertThat(told()).hasSize(1);
        living.update(exit(7, 1));
        assertThat(told()).isEmpty();
        living.update(exec(7, 5, 1, "/bin/cat", "cat\0"));
        assertThat(told()).extracting(ProcessView::startNanos).containsExactly(5L);
    }

    @Test
    void sandboxesHaveProcessesOfTheSameId() {
        for (String id : List.of("one", "two")) {
            container = id;
            living.update(exec(1, id.length() + id.charAt(0), 1, "/bin/" + id, "\0"));
        }
        assertThat(told())
                .extracting(event -> event.containerId().toByteString().toUtf8() + " "
                        + event.executable().toByteString().toUtf8())
                .containsExactlyInAnyOrder("one /bin/one", "two /bin/two");
        living.update(exit(1, "two".length() + 't'));
        assertThat(told()).extracting(ProcessView::tgid).containsExactly(1);
    }

    @Test
    void whatABrokenConnectionKeepsFromArrivingIsLostAndCounted() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        kernel.process("one");
        kernel.process("two");
        Capture capture = kernel.capture(
                CaptureConfig.builder().driver("sim").processEvents(true).build());
        try (Broadcaster broadcaster = new Broadcaster(capture, ALL_CALLS, false, 1 << 16)) {
            broadcaster.begin();
            long before = capture.stats().processEvents();
            await().atMost(10, TimeUnit.SECONDS).until(() -> broadcaster.ring().ordinal() == before);
            LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
            Subscription first = subscription(broadcaster, deliveries);
            first.begin(broadcaster.ring().cursor(), capture.stats(), before, alive(3));
            first.pump(new byte[Subscription.MAX_COPY], 1);
            Delivery started = Objects.requireNonNull(deliveries.poll(10, TimeUnit.SECONDS));
            assertThat(first.stats().getProcessEvents()).isEqualTo(3);

            Subscription second = subscription(broadcaster, new LinkedBlockingQueue<>());
            assertThat(second.restore(started.getResumeToken())).isTrue();
            Stats stats = second.stats();
            assertThat(stats.getProcessEvents()).isEqualTo(3);
            assertThat(stats.getLostMap()).containsEntry(LossReason.QUEUE_FULL.name(), 3L);
            assertThat(stats.getSubmitted()).isZero();
        }
    }

    private List<byte[]> alive(int count) {
        for (int i = 0; i < count; i++) {
            living.update(exec(100 + i, 1, 1, "/bin/sh", "sh\0"));
        }
        return living.records();
    }

    private static Subscription subscription(Broadcaster broadcaster, LinkedBlockingQueue<Delivery> deliveries) {
        Subscription.Transport transport = new QueueTransport(deliveries);
        return new Subscription(
                broadcaster,
                transport,
                new Subscription.Options(
                        Payload.PAYLOAD_RECORDS, EnumSet.allOf(Syscall.class), true, 0, Subscription.MAX_COPY),
                new FilterMatcher(EventFilters.NONE, new CgroupTree()),
                false);
    }

    private List<ProcessView> told() {
        return told(living);
    }

    private static List<ProcessView> told(LivingProcesses processes) {
        return processes.records().stream()
                .<ProcessView>map(record -> {
                    ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
                    assertThat(ProcessRecordView.isValid(buffer, 0, record.length))
                            .isTrue();
                    return new ProcessRecordView().wrap(buffer, 0);
                })
                .toList();
    }

    private ProcessView exec(int tgid, long start, int execId, String path, String arguments) {
        begin(ProcessView.Type.EXEC, tgid, start, execId)
                .path(bytes(path))
                .executable(bytes(path), 8, 1, 15)
                .cgroup(bytes("/system.slice"))
                .arguments(bytes(arguments));
        return end();
    }

    private ProcessView fork(int tgid, long start, int forker, long forkerStart) {
        begin(ProcessView.Type.FORK, tgid, start, 1).forker(forker, forkerStart);
        return end();
    }

    private ProcessView exit(int tgid, long start) {
        begin(ProcessView.Type.EXIT, tgid, start, 1).status(0);
        return end();
    }

    private ProcessEncoder begin(ProcessView.Type type, int tgid, long start, int execId) {
        encoder.begin(type, now++)
                .sequence(3, now)
                .process(tgid, tgid, start, execId)
                .namespaces(77, 1, 1)
                .comm(bytes("name"));
        return container.isEmpty() ? encoder : encoder.containerId(bytes(container));
    }

    private ProcessView end() {
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
