// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unraced.config.CaptureConfig;
import dev.unraced.server.Limits;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the limit of calls on one connection, also with clients that do not keep to it. */
@Timeout(60)
class CallLimitTest {
    private static final int MOST = 3;
    /** The frame types of RFC 9113, section 6. */
    private static final int HEADERS = 1;

    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int FRAME_HEADER = 9;
    private static final int END_HEADERS = 4;
    /** The calls on another connection that are answered after the last one within the limit. */
    private static final int LATER_CALLS = 20;

    private final Firehose hose = new Firehose();
    private final Served served = new Served(
            hose,
            () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
            true,
            limits -> new Limits(8, 2, MOST, 0, 16, 1 << 20));

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void aClientThatKeepsToTheProtocolWaitsWithItsNextCall() {
        AtomicInteger answers = new AtomicInteger();
        try (Link link = new Link(RemoteSettings.of(served.client().build()));
                Link other = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            for (int i = 0; i < MOST + 2; i++) {
                HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
                    @Override
                    public void onNext(HealthCheckResponse response) {
                        answers.incrementAndGet();
                    }

                    @Override
                    public void onError(Throwable error) {}

                    @Override
                    public void onCompleted() {}
                });
            }
            await().atMost(20, TimeUnit.SECONDS).until(() -> answers.get() >= MOST);
            ManagedChannel later = other.channel();
            for (int i = 0; i < LATER_CALLS; i++) {
                assertThat(HealthGrpc.newBlockingStub(later)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            }
            assertThat(answers).hasValue(MOST);
            Link.end(later);
            Link.end(channel);
        }
    }

    @Test
    void aClientThatAcknowledgesNoSettingsIsRefused() throws IOException {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(served.socket()));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(out, SETTINGS, 0, 0, new byte[0]);
            // These calls stay open, as their requests never come.
            for (int i = 0; i < MOST + 1; i++) {
                frame(out, HEADERS, END_HEADERS, 2 * i + 1, watchHeaders());
            }
            socket.write(ByteBuffer.wrap(out.toByteArray()));
            // The first frame for the call beyond the limit is a refusal, and no answer.
            ByteBuffer in = ByteBuffer.allocate(1 << 16);
            int type = first(in, 2 * MOST + 1);
            while (type < 0) {
                assertThat(socket.read(in)).isPositive();
                type = first(in, 2 * MOST + 1);
            }
            assertThat(type).isEqualTo(RST_STREAM);
        }
    }

    /** Returns the type of the first frame of a stream, or -1. */
    private static int first(ByteBuffer in, int stream) {
        int at = 0;
        while (at + FRAME_HEADER <= in.position()) {
            if (in.getInt(at + 5) == stream) {
                return in.get(at + 3);
            }
            at += FRAME_HEADER + (in.getInt(at) >>> Byte.SIZE);
        }
        return -1;
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER);
        header.put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream);
        out.writeBytes(header.array());
        out.writeBytes(payload);
    }

    /** The fields are literals of RFC 7541, not indexed and without Huffman coding. */
    private static byte[] watchHeaders() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String[] field : new String[][] {
            {":method", "POST"},
            {":scheme", "http"},
            {":path", "/grpc.health.v1.Health/Watch"},
            {":authority", "localhost"},
            {"content-type", "application/grpc"},
            {"te", "trailers"}
        }) {
            out.write(0);
            for (String text : field) {
                out.write(text.length());
                out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return out.toByteArray();
    }
}
