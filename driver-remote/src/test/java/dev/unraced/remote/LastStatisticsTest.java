// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.protocol.CapabilitiesCodec;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.End;
import dev.unraced.protocol.v1.GetStatsRequest;
import dev.unraced.protocol.v1.GetStatsResponse;
import dev.unraced.protocol.v1.Started;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedGrpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the statistics of a subscriber whose server does not say its last ones. */
@Timeout(120)
class LastStatisticsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long BEGUN_NANOS = 1_000;
    private static final int TGID = 4;

    /** The statistics of a server that has counted 100 calls: 40 of them wait there, and 53 are not there yet. */
    private static final Stats COUNTED = Stats.newBuilder()
            .setReturned(100)
            .setSubmitted(40)
            .putLost(LossReason.RING_FULL.name(), 7)
            .setOrdinal(1)
            .setTimeNs(BEGUN_NANOS)
            .build();

    private final Service service = new Service();
    private @Nullable Server server;

    /** Begins each subscription with the same statistics, and sends no event. */
    private static final class Service extends UnracedGrpc.UnracedImplBase {
        private volatile @Nullable StreamObserver<Delivery> subscriber;
        private volatile Status refusal = Status.OK;

        @Override
        public void subscribe(SubscribeRequest request, StreamObserver<Delivery> deliveries) {
            if (!refusal.isOk()) {
                deliveries.onError(refusal.asRuntimeException());
                return;
            }
            deliveries.onNext(Delivery.newBuilder()
                    .setStarted(Started.newBuilder()
                            .setSubscriptionId(ByteString.copyFromUtf8("id"))
                            .setCaptureId(ByteString.copyFromUtf8("capture"))
                            .setCapabilities(CapabilitiesCodec.encode("test", Capabilities.complete())))
                    .setStats(COUNTED)
                    .build());
            subscriber = deliveries;
        }

        @Override
        public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> response) {
            response.onNext(GetStatsResponse.newBuilder().setStats(COUNTED).build());
            response.onCompleted();
        }

        StreamObserver<Delivery> subscriber() {
            await().atMost(PATIENCE).until(() -> subscriber != null);
            StreamObserver<Delivery> now = subscriber;
            if (now == null) {
                throw new IllegalStateException("nobody subscribes");
            }
            return now;
        }
    }

    private Capture open() throws IOException {
        Server started = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create())
                .addService(service)
                .build()
                .start();
        server = started;
        CaptureConfig config = CaptureConfig.builder()
                .driver("remote")
                .set("remote.address", "localhost:" + started.getPort())
                .set("remote.plaintext", "true")
                .set("remote.max-pause-ms", 50)
                .ringBytes(1 << 16)
                .build();
        return new RemoteDriver(() -> config).open(config);
    }

    private void kill() {
        Server now = server;
        if (now != null) {
            now.shutdownNow();
        }
    }

    @AfterEach
    void end() {
        kill();
    }

    /** Asserts that what never came is a loss, and that the time since the last statistics is a gap. */
    private static void assertLost(Capture capture) {
        CaptureStats stats = capture.stats();
        assertThat(stats.imbalance()).as("%s", stats).isZero();
        assertThat(stats.returned()).isEqualTo(100);
        assertThat(stats.lost()).containsEntry(LossReason.SOURCE_DROPPED, 93L).containsEntry(LossReason.RING_FULL, 7L);
        assertThat(stats.delivered() + stats.pending()).isZero();
    }

    @Test
    void aServerThatIsKilledLeavesLossesAndAGap() throws IOException {
        Capture capture = open();
        assertThat(capture.stats().imbalance())
                .as("calls that are under way at a living server")
                .isEqualTo(53);
        kill();
        await().atMost(PATIENCE).untilAsserted(() -> {
            CaptureStats stats = capture.stats();
            assertThat(stats.pending())
                    .as("the server may come back, %s", stats)
                    .isEqualTo(93);
            assertThat(stats.imbalance()).isZero();
            assertGap(capture, false);
        });
        capture.close();
        assertLost(capture);
        assertGap(capture, true);
    }

    private static void assertGap(Capture capture, boolean ended) {
        assertThat(capture.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.fromNanos()).isEqualTo(BEGUN_NANOS);
            assertThat(gap.nanos()).isPositive();
            assertThat(gap.ended()).isEqualTo(ended);
        });
    }

    @Test
    void aServerThatAnswersNoUnsubscribingIsOneThatSaidNothing() throws IOException {
        Capture capture = open();
        capture.close();
        assertLost(capture);
        assertThat(capture.gaps()).hasSize(1);
    }

    @Test
    void aServerThatRefusesTheReturnEndsTheCaptureWithAGap() throws IOException {
        try (Capture capture = open()) {
            service.refusal = Status.PERMISSION_DENIED;
            service.subscriber().onError(Status.UNAVAILABLE.asRuntimeException());
            assertThatThrownBy(() -> capture.await(event -> {}, 1, PATIENCE.toNanos()))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("NOT_ALLOWED");
            assertLost(capture);
            assertThat(capture.gaps()).hasSize(1);
            long length = capture.gaps().get(0).nanos();
            capture.close();
            assertLost(capture);
            assertThat(capture.gaps())
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.nanos()).isEqualTo(length));
        }
    }

    @Test
    void theLastStatisticsOfACaptureThatEndedLeaveNoGap() throws IOException {
        try (Capture capture = open()) {
            service.subscriber()
                    .onNext(Delivery.newBuilder()
                            .setStats(COUNTED.toBuilder().setOrdinal(2))
                            .setEnd(End.getDefaultInstance())
                            .build());
            assertThat(capture.await(event -> {}, 1, PATIENCE.toNanos())).isZero();
            assertLost(capture);
            capture.close();
            assertLost(capture);
            assertThat(capture.gaps()).isEmpty();
        }
    }

    @Test
    void aRealServerThatIsCutInMidStreamBalancesToo() throws InterruptedException {
        Firehose hose = new Firehose();
        try (Served served = Served.shared(
                hose, () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20))) {
            Capture capture =
                    served.driver().open(served.client().ringBytes(1 << 16).build());
            Thread consumer = new Thread(() -> capture.consume(event -> {}));
            consumer.start();
            for (int i = 0; i < 200; i++) {
                hose.make(100, TGID);
                if (i == 100) {
                    served.server().close();
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
            capture.close();
            consumer.join();
            CaptureStats stats = capture.stats();
            assertThat(stats.imbalance()).as("%s", stats).isZero();
            assertThat(stats.returned()).as("%s", stats).isBetween(stats.delivered(), hose.made());
            assertThat(capture.gaps()).hasSize(1);
        }
    }
}
