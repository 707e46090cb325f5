// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.process.ProcessTable;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.Event;
import dev.unraced.protocol.v1.EventType;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedGrpc;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the process events of a shared capture, for subscribers of this version and of the one before. */
@Timeout(60)
class ProcessStreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimKernel kernel = SimKernel.create();
    private final SimProcess process = kernel.process("sh");
    private final Served served = Served.shared(
            kernel.driver(), () -> CaptureConfig.builder().driver("sim").processEvents(true));

    @AfterEach
    void close() {
        served.close();
    }

    /** A consumer saw these events, in this order. */
    private static final class Seen implements EventHandler {
        final ProcessTable table = new ProcessTable();
        final List<ProcessView> processes = new ArrayList<>();
        final List<Optional<ByteString>> executables = new ArrayList<>();

        @Override
        public void onEvent(EventView event) {
            executables.add(Optional.ofNullable(table.imageOf(event))
                    .flatMap(image -> image.program().executable()));
        }

        @Override
        public void onProcess(ProcessView event) {
            table.update(event);
            processes.add(event.snapshot());
        }

        CaptureStats rest(Capture capture, int calls) {
            await().atMost(PATIENCE).until(() -> {
                capture.poll(this, 1000);
                CaptureStats stats = capture.stats();
                return executables.size() == calls && stats.pending() == 0 && stats.imbalance() == 0;
            });
            return capture.stats();
        }
    }

    private void execute() {
        kernel.files().file("/usr/bin/curl");
        process.execute("/usr/bin/curl", "curl", "-s");
    }

    private void open() {
        process.thread().openat("/etc/hostname").finish();
    }

    @Test
    void whoSubscribesLateIsToldOfTheLivingProcessesFirst() {
        open();
        execute();
        open();
        Seen seen = new Seen();
        try (Capture capture =
                served.driver().open(served.client().processEvents(true).build())) {
            assertThat(capture.processEvents()).isTrue();
            assertThat(capture.capabilities().has(Feature.PROCESS_EVENTS)).isTrue();
            open();
            CaptureStats stats = seen.rest(capture, 1);

            assertThat(seen.processes)
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(event.type()).isEqualTo(ProcessView.Type.ALIVE))
                    .extracting(ProcessView::sequence)
                    .doesNotHaveDuplicates();
            assertThat(seen.executables).containsExactly(Optional.of(ByteString.utf8("/usr/bin/curl")));
            assertThat(stats.processEvents()).isEqualTo(seen.processes.size());
        }
    }

    @Test
    void callsOfASubscriberKnowTheirProcess() {
        open();
        execute();
        List<String> programs = new ArrayList<>();
        try (Capture capture = served.driver()
                .open(served.client().processEvents(true).build())
                .withProcesses(new ProcessTable())) {
            open();
            await().atMost(PATIENCE).until(() -> {
                capture.poll(event -> programs.add(event.process().toString()), 1000);
                return !programs.isEmpty();
            });
        }
        assertThat(programs).containsExactly("/usr/bin/curl");
    }

    @Test
    void aForkedChildThatLivesRunsItsForkersProgram() {
        execute();
        SimProcess child = process.spawn("child");
        Seen seen = new Seen();
        try (Capture capture =
                served.driver().open(served.client().processEvents(true).build())) {
            child.thread().openat("/etc/hostname").finish();
            seen.rest(capture, 1);
            assertThat(seen.executables).containsExactly(Optional.of(ByteString.utf8("/usr/bin/curl")));
        }
    }

    @Test
    void whoDoesNotAskGetsNoneAndTheStatisticsBalance() {
        Seen seen = new Seen();
        try (Capture capture = served.driver().open(served.client().build())) {
            assertThat(capture.processEvents()).isFalse();
            open();
            execute();
            open();
            CaptureStats stats = seen.rest(capture, 2);
            assertThat(seen.processes).isEmpty();
            assertThat(stats.processEvents()).isZero();
            assertThat(stats.returned()).isEqualTo(2);
            assertThat(stats.totalLost()).isZero();
        }
    }

    @Test
    void aSharedCaptureWithoutProcessEventsRefusesThem() {
        try (Served without =
                Served.shared(kernel.driver(), () -> CaptureConfig.builder().driver("sim"))) {
            assertThat(without.driver().capabilities().has(Feature.PROCESS_EVENTS))
                    .isFalse();
            assertThatThrownBy(() -> without.driver()
                            .open(without.client().processEvents(true).build()))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("unraced.process-events = on");
        }
    }

    /** A subscriber of the version before knows neither the request's field nor that of the statistics. */
    @Test
    void anOldSubscriberOfANewServerGetsCallsAloneAndBalancedStatistics() {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            Iterator<Delivery> deliveries = UnracedGrpc.newBlockingStub(channel)
                    .subscribe(request(Payload.PAYLOAD_EVENTS).build());
            assertThat(deliveries.next().hasStarted()).isTrue();
            execute();
            open();
            List<Event> events = new ArrayList<>();
            Stats stats = Stats.getDefaultInstance();
            while (events.isEmpty() || stats.getReturned() == 0) {
                Delivery delivery = deliveries.next();
                events.addAll(delivery.getEventsList());
                stats = delivery.hasStats() ? delivery.getStats() : stats;
            }
            Link.end(channel);

            assertThat(events).extracting(Event::getType).containsExactly(EventType.EVENT_TYPE_MERGED);
            assertThat(stats.getReturned() + stats.getEntered()).isEqualTo(stats.getSubmitted());
        }
    }

    /** It refuses fields that it does not know, so none is sent unless it is asked for. */
    @Test
    void nothingNewIsSentUnlessProcessEventsAreWanted() {
        SubscribeRequest plain = RemoteDriver.request(
                RemoteSettings.of(served.client().build()), served.client().build());
        assertThat(plain.getAllFields().keySet()).noneMatch(field -> field.getNumber() > 10);
    }

    @Test
    void programsThatReadMessagesGetThemInOrder() {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            Iterator<Delivery> deliveries = UnracedGrpc.newBlockingStub(channel)
                    .subscribe(request(Payload.PAYLOAD_EVENTS)
                            .setProcessEvents(true)
                            .build());
            assertThat(deliveries.next().hasStarted()).isTrue();
            open();
            execute();
            open();
            List<Event> events = new ArrayList<>();
            while (events.stream().filter(Event::hasOpen).count() < 2) {
                events.addAll(deliveries.next().getEventsList());
            }
            Link.end(channel);

            List<Event> own = events.stream()
                    .filter(event -> event.getType() != EventType.EVENT_TYPE_ALIVE)
                    .toList();
            assertThat(own)
                    .extracting(Event::getType)
                    .containsExactly(
                            EventType.EVENT_TYPE_MERGED, EventType.EVENT_TYPE_EXEC, EventType.EVENT_TYPE_MERGED);
            assertThat(own.get(1).getProcess().getExecutable().getPath().toStringUtf8())
                    .isEqualTo("/usr/bin/curl");
            assertThat(own.get(1).getProcess().getArguments().toStringUtf8()).isEqualTo("curl\0-s\0");
            assertThat(own.get(2).getProcessKey())
                    .isEqualTo(own.get(1).getProcess().getProcessKey());
            Set<Long> images = new HashSet<>();
            events.stream()
                    .filter(Event::hasProcess)
                    .forEach(event -> images.add(event.getProcess().getProcessKey()));
            assertThat(images).contains(own.get(0).getProcessKey());
        }
    }

    private static SubscribeRequest.Builder request(Payload payload) {
        return SubscribeRequest.newBuilder().setProtocol(1).setPayload(payload).setRecordVersion(1);
    }
}
