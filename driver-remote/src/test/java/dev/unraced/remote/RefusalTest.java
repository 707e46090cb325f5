// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpServer;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.v1.Filters;
import dev.unraced.protocol.v1.GetStatsRequest;
import dev.unraced.protocol.v1.OwnCapture;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedGrpc;
import dev.unraced.server.Limits;
import dev.unraced.server.connection.Access;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that an impossible request is refused with a reason, and that no input changes anything for other peers. */
@Timeout(60)
class RefusalTest {
    private final Firehose hose = new Firehose();
    private final Served served = new Served(
            hose,
            () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
            true,
            limits -> new Limits(2, 0, 16, 1 << 20));

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void aReasonEndsInOneFullStop() {
        Address address = Address.parse("unix:/run/x");
        for (String reason : List.of("Change the filters", "Change the filters.")) {
            assertThat(Refusal.explain(address, Status.FAILED_PRECONDITION.withDescription(reason))
                            .describe())
                    .contains("refuses: Change the filters. Ask");
        }
    }

    private static SubscribeRequest.Builder proper() {
        return SubscribeRequest.newBuilder()
                .setProtocol(1)
                .setPayload(Payload.PAYLOAD_RECORDS)
                .setRecordVersion(1);
    }

    /** Returns the status with which a subscription ends. */
    private Status refused(SubscribeRequest request) {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            return link.ask(stub -> {
                try {
                    stub.subscribe(request).next();
                    return Status.OK;
                } catch (StatusRuntimeException e) {
                    return e.getStatus();
                }
            });
        }
    }

    private void assertRefused(UnaryOperator<SubscribeRequest.Builder> change, Status.Code code, String why) {
        Status status = refused(change.apply(proper()).build());
        assertThat(status.getCode()).as("%s", status).isEqualTo(code);
        assertThat(status.getDescription()).contains(why);
    }

    @Test
    void whatTheServerDoesNotUnderstandIsRefused() {
        assertThat(refused(proper().build()).getCode()).isEqualTo(Status.Code.OK);
        assertRefused(request -> request.setProtocol(0), Status.Code.FAILED_PRECONDITION, "protocol version 0");
        assertRefused(request -> request.setProtocol(2), Status.Code.FAILED_PRECONDITION, "this server version 1");
        assertRefused(request -> request.setRecordVersion(9), Status.Code.FAILED_PRECONDITION, "PAYLOAD_EVENTS");
        assertRefused(request -> request.setPayloadValue(7), Status.Code.INVALID_ARGUMENT, "payload 7");
        assertRefused(request -> request.addSyscallsValue(77), Status.Code.INVALID_ARGUMENT, "no syscall");
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(31, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        assertRefused(
                request -> request.setFilters(Filters.newBuilder().setUnknownFields(later)),
                Status.Code.INVALID_ARGUMENT,
                "does not know field 31 of Filters");
        assertRefused(
                request -> request.setFilters(Filters.newBuilder().addPaths(ByteString.EMPTY)),
                Status.Code.INVALID_ARGUMENT,
                "a path of 0 bytes");
        assertRefused(
                request -> request.setFilters(Filters.newBuilder().addExecutables("sh")),
                Status.Code.INVALID_ARGUMENT,
                "executable sh, which is no absolute path");
        assertRefused(
                request -> request.setFilters(Filters.newBuilder().addExecutables("/bin/sh")),
                Status.Code.FAILED_PRECONDITION,
                "no event of a call names the file that its caller executes");
        assertRefused(
                request -> request.setFilters(Filters.newBuilder().addAllUids(Collections.nCopies(17, 1))),
                Status.Code.RESOURCE_EXHAUSTED,
                "this server takes 16");
        assertRefused(
                request -> request.setOwnCapture(OwnCapture.newBuilder()),
                Status.Code.FAILED_PRECONDITION,
                "--own-captures");
        assertRefused(
                request -> request.setResumeToken(ByteString.copyFromUtf8("this is no token, is it? no it is not")),
                Status.Code.INVALID_ARGUMENT,
                "resume token");
    }

    @Test
    void oversizedRequestsAreRefused() {
        Status status = refused(
                proper().setResumeToken(ByteString.copyFrom(new byte[1 << 20])).build());
        assertThat(status.getCode()).as("%s", status).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void moreSubscribersThanMayBeAreRefused() {
        try (Capture first = served.driver().open(served.client().build());
                Capture second = served.driver().open(served.client().build())) {
            assertThat(first.isOpen() && second.isOpen()).isTrue();
            assertThatThrownBy(() -> served.driver().open(served.client().build()))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("has its 2 subscribers already");
        }
    }

    @Test
    void usersWhoAreNotNamedAreRefused() {
        try (Served other = new Served(
                hose,
                () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
                true,
                limits -> limits,
                settings -> settings.access(new Access(Set.of(54_321), List.of(), Set.of(), List.of())))) {
            Availability availability =
                    other.driver().availability(other.client().build());
            assertThat(availability.describe())
                    .contains("NOT_ALLOWED", "--allow-user")
                    .containsPattern(
                            "user \\d+ \\(process " + ProcessHandle.current().pid() + "\\) may not subscribe");
            assertThatThrownBy(() -> other.driver().open(other.client().build()))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("NOT_ALLOWED");
            assertThatThrownBy(() -> RemoteControl.apply(other.client().build()))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("NOT_ALLOWED")
                    .hasMessageContaining("--control-user")
                    .hasMessageNotContaining("--allow-user");
        }
    }

    @Test
    void aServerOfAnotherProtocolIsSaidToBeNone() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.start();
        try {
            CaptureConfig config = CaptureConfig.builder()
                    .driver("remote")
                    .set("remote.address", "localhost:" + http.getAddress().getPort())
                    .set("remote.plaintext", "true")
                    .build();
            assertThat(served.driver().availability(config).describe())
                    .contains("NO_UNRACED", "is no server of unraced");
        } finally {
            http.stop(0);
        }
    }

    @Test
    void nobodyAtTheAddressIsSaidWithARemedy() {
        CaptureConfig config =
                served.client().set("remote.address", "unix:/nowhere/at/all").build();
        assertThat(served.driver().availability(config).describe())
                .contains(
                        "NO_SERVER", "unix:/nowhere/at/all", "no such file", "unraced serve", "unraced.remote.address");
    }

    @Test
    void aSocketThatAKilledServerHasLeftIsSaidSo(@TempDir Path directory) throws IOException {
        Path left = directory.resolve("left");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(left));
        }
        CaptureConfig config =
                served.client().set("remote.address", "unix:" + left).build();
        assertThat(served.driver().availability(config).describe())
                .contains("NO_SERVER", "no process listens there", "unraced serve");
    }

    @Test
    void aConnectionThatBreaksBeforeTheFirstAnswerIsMadeAgain(@TempDir Path directory) throws IOException {
        Path cut = directory.resolve("cut");
        try (CuttingRelay relay = new CuttingRelay(cut, served.socket(), 2)) {
            try (Capture capture = openThrough(cut)) {
                assertThat(capture.isOpen()).isTrue();
            }
            assertThat(relay.cut()).isEqualTo(2);
        }
    }

    @Test
    void aServerThatCutsEveryConnectionIsSaidSoAfterEightOfThem(@TempDir Path directory) throws IOException {
        Path cut = directory.resolve("cut");
        try (CuttingRelay relay = new CuttingRelay(cut, served.socket(), Integer.MAX_VALUE)) {
            assertThatThrownBy(() -> openThrough(cut))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("NO_SERVER");
            // The explanation of a UNIX socket's trouble connects once, too.
            assertThat(relay.cut()).isBetween(8, 16);
        }
    }

    private Capture openThrough(Path socket) {
        return served.driver()
                .open(served.client().set("remote.address", "unix:" + socket).build());
    }

    @Test
    void garbageOnTheSocketChangesNothing() throws IOException {
        try (Capture capture = served.driver().open(served.client().build())) {
            Random random = new Random(7);
            for (int i = 0; i < 200; i++) {
                try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    channel.connect(UnixDomainSocketAddress.of(served.socket()));
                    byte[] bytes = new byte[random.nextInt(4096)];
                    random.nextBytes(bytes);
                    if (i % 2 == 0) {
                        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
                        channel.write(ByteBuffer.wrap(preface));
                    }
                    channel.write(ByteBuffer.wrap(bytes));
                } catch (IOException e) {
                    // The server may hang up before it has read all.
                    assertThat(e).hasMessageContaining("roken pipe");
                }
            }
            hose.make(100, 1);
            int seen = 0;
            while (seen < 100) {
                int count = capture.await(event -> {}, 100, TimeUnit.SECONDS.toNanos(20));
                assertThat(count).isPositive();
                seen += count;
            }
            assertThat(capture.stats().totalLost()).isZero();
        }
    }

    @Test
    void anUnknownSubscriptionHasNoStats() {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            GetStatsRequest request = GetStatsRequest.newBuilder()
                    .setSubscriptionId(ByteString.copyFromUtf8("x"))
                    .build();
            assertThatThrownBy(() -> link.ask((UnracedGrpc.UnracedBlockingStub stub) -> stub.getStats(request)))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("NOT_FOUND");
        }
    }
}
