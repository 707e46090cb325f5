// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.driver.ActorHost.Conversation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.SyscallEvent;
import dev.unraced.ring.RingCapture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Runs many real sandboxes at once, with one stalled reader and a peer that sends garbage: no other sandbox is
 * affected. With {@code -Dproof.sandboxes=20 -Dproof.opens=10000 -Dproof.stall=5000} it is as large as in
 * {@code docs/reference/performance.md}.
 */
class ManySandboxesTest {
    private static final int SANDBOXES = Integer.getInteger("proof.sandboxes", 3);
    private static final int OPENS = Integer.getInteger("proof.opens", 2_000);
    private static final int STALL_MILLIS = Integer.getInteger("proof.stall", 500);

    private static final int PATIENCE = 1_000;

    private final SandboxActorHost host = new SandboxActorHost();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<Conversation, BufferedReader> readers = new HashMap<>();

    @Test
    void nothingIsLostAndNobodyIsMixedUp() throws Exception {
        GvisorDriver driver = new GvisorDriver();
        RunnableDriver.need(
                driver,
                host.watched(CaptureConfig.builder().driver(GvisorDriver.NAME)).build());
        List<Conversation> actors = new ArrayList<>();
        try {
            for (int i = 0; i < SANDBOXES; i++) {
                actors.add(host.actor());
            }
            for (Conversation actor : actors) {
                ask(actor, "ready");
            }
            watch(actors);
        } finally {
            actors.forEach(Conversation::close);
        }
    }

    private void watch(List<Conversation> actors) throws Exception {
        CaptureConfig config =
                host.watched(CaptureConfig.builder().driver(GvisorDriver.NAME)).build();
        GvisorSettings settings = GvisorSettings.of(config);
        GvisorSource source = GvisorSource.start(settings);
        RingCapture capture =
                new RingCapture(GvisorDriver.NAME, new GvisorDriver().capabilities(), source.reader(), source);
        Thread consumer = new Thread(() -> capture.consume(event -> {
            SyscallEvent any = event.snapshot();
            String container = String.valueOf(any.caller().containerId().orElse(null));
            if (any instanceof OpenEvent open
                    && container.startsWith("unraced-")
                    && open.path()
                            .value()
                            .toString()
                            .endsWith("/" + open.how().value().mode())) {
                counts.merge(container, 1, Integer::sum);
            }
        }));
        consumer.start();
        try (capture;
                GarbagePeer garbage = new GarbagePeer(settings.endpoint())) {
            assertThat(source.links()).hasSizeGreaterThanOrEqualTo(SANDBOXES);
            source.links().get(0).pause(true);
            for (Conversation actor : actors) {
                tell(
                        actor,
                        "bulk base=" + HexFormat.of().formatHex("/tmp/missing".getBytes(StandardCharsets.UTF_8))
                                + " threads=2 calls=" + OPENS / 2);
            }
            Thread.sleep(STALL_MILLIS);
            source.links().get(0).pause(false);
            for (Conversation actor : actors) {
                assertThat(answer(actor)).startsWith("ok");
            }
            garbage.stop();
            CaptureStats stats = rest(capture);
            System.out.printf(
                    "%d sandboxes, %d opens, one stalled for %d ms, %d frames of garbage: %s%n",
                    SANDBOXES, SANDBOXES * OPENS, STALL_MILLIS, garbage.sent(), stats);
            assertThat(stats.imbalance()).isZero();
            assertThat(stats.lost()).doesNotContainKeys(LossReason.RING_FULL, LossReason.QUEUE_FULL);
            assertThat(source.links())
                    .filteredOn(link -> link.connection().peer
                            != (int) ProcessHandle.current().pid())
                    .hasSize(SANDBOXES)
                    .allSatisfy(link -> assertThat(link.connection().dropped).isZero());
            assertThat(counts)
                    .hasSize(SANDBOXES)
                    .allSatisfy((id, count) -> assertThat(count).as(id).isEqualTo(OPENS));
        } finally {
            consumer.join();
        }
    }

    private CaptureStats rest(RingCapture capture) throws InterruptedException {
        CaptureStats stats = capture.stats();
        for (int i = 0; i < PATIENCE && (stats.pending() > 0 || stats.imbalance() != 0); i++) {
            Thread.sleep(10);
            stats = capture.stats();
        }
        return stats;
    }

    private String ask(Conversation actor, String command) throws IOException {
        tell(actor, command);
        return answer(actor);
    }

    private static void tell(Conversation actor, String command) throws IOException {
        actor.commands().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
        actor.commands().flush();
    }

    private String answer(Conversation actor) throws IOException {
        BufferedReader reader = readers.computeIfAbsent(
                actor, one -> new BufferedReader(new InputStreamReader(one.replies(), StandardCharsets.US_ASCII)));
        return String.valueOf(reader.readLine());
    }
}
