// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.server.connection.Access;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the standard gRPC services, which generic tools use. */
@Timeout(60)
class StandardServicesTest {
    private static final String SERVICE = "unraced.v1.Unraced";

    private final Firehose hose = new Firehose();
    private final Served served =
            Served.shared(hose, () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20));

    @AfterEach
    void close() {
        served.close();
    }

    private static HealthCheckResponse health(ManagedChannel channel, String service) {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .check(HealthCheckRequest.newBuilder().setService(service).build());
    }

    private static ServerReflectionResponse reflect(ManagedChannel channel, ServerReflectionRequest request) {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        answer.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {}
                });
        questions.onNext(request);
        ServerReflectionResponse response = answer.join();
        questions.onCompleted();
        return response;
    }

    @Test
    void healthTellsWhetherItServes() {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            assertThat(health(channel, "").getStatus()).isEqualTo(ServingStatus.SERVING);
            assertThat(health(channel, SERVICE).getStatus()).isEqualTo(ServingStatus.SERVING);
            assertThatThrownBy(() -> health(channel, "another"))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("NOT_FOUND");
            Link.end(channel);
        }
    }

    @Test
    void whoeverWatchesItsHealthHearsThatItStops() {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            Iterator<HealthCheckResponse> states = HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .watch(HealthCheckRequest.newBuilder().setService(SERVICE).build());
            assertThat(states.next().getStatus()).isEqualTo(ServingStatus.SERVING);
            served.server().stop(TimeUnit.SECONDS.toNanos(1));
            assertThat(states.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
            Link.end(channel);
        }
    }

    @Test
    void whoeverWatchesItsHealthHearsThatTheCaptureHasFailed() {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            Iterator<HealthCheckResponse> states = HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .watch(HealthCheckRequest.newBuilder().setService(SERVICE).build());
            assertThat(states.next().getStatus()).isEqualTo(ServingStatus.SERVING);
            hose.fail("the source is gone");
            assertThat(states.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
            served.restart();
            Link.end(channel);
            ManagedChannel next = link.channel();
            assertThat(health(next, "").getStatus())
                    .as("that of a server that publishes it again")
                    .isEqualTo(ServingStatus.NOT_SERVING);
            Link.end(next);
        }
    }

    @Test
    void reflectionDescribesTheServiceWithoutItsSources() throws InvalidProtocolBufferException {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            List<String> services = reflect(
                            channel,
                            ServerReflectionRequest.newBuilder()
                                    .setListServices("")
                                    .build())
                    .getListServicesResponse()
                    .getServiceList()
                    .stream()
                    .map(ServiceResponse::getName)
                    .toList();
            assertThat(services).contains(SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");
            ServerReflectionResponse response = reflect(
                    channel,
                    ServerReflectionRequest.newBuilder()
                            .setFileContainingSymbol(SERVICE)
                            .build());
            FileDescriptorProto file = FileDescriptorProto.parseFrom(
                    response.getFileDescriptorResponse().getFileDescriptorProto(0));
            assertThat(file.getPackage()).isEqualTo("unraced.v1");
            assertThat(file.getService(0).getMethodList())
                    .extracting("name")
                    .contains("Subscribe", "GetCapabilities", "SetMitigation", "GetStats");
            Link.end(channel);
        }
    }

    @Test
    void healthIsForAllAndReflectionForThoseWhoMaySubscribe() {
        try (Served closed = new Served(
                        hose,
                        () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
                        true,
                        limits -> limits,
                        settings -> settings.access(new Access(Set.of(54_321), List.of(), Set.of(), List.of())));
                Link link = new Link(RemoteSettings.of(closed.client().build()))) {
            ManagedChannel channel = link.channel();
            assertThat(health(channel, "").getStatus()).isEqualTo(ServingStatus.SERVING);
            assertThatThrownBy(() -> reflect(
                            channel,
                            ServerReflectionRequest.newBuilder()
                                    .setListServices("")
                                    .build()))
                    .satisfies(error ->
                            assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
            Link.end(channel);
        }
    }
}
