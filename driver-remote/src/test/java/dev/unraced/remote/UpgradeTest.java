// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.ProcessView;
import dev.unraced.event.RecordLayout;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.EventOuterClass;
import dev.unraced.protocol.v1.GetCapabilitiesResponse;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedOuterClass;
import dev.unraced.protocol.v1.UnsubscribeResponse;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimThread;
import io.grpc.CallOptions;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Tests that servers and subscribers of neighbouring versions understand each other. The folder {@code golden} has of a
 * version its messages as bytes, and the descriptors by which a program of that version reads them. Those of the
 * present version are written by {@code -Dgolden.write=FOLDER}.
 */
@Timeout(60)
class UpgradeTest {
    private static final String GOLDEN = "/golden/protocol-1/";
    private static final String DESCRIPTORS = "descriptors.bin";
    private static final String BY_RECORDS = "subscribe-records.bin";
    private static final String BY_EVENTS = "subscribe-events.bin";
    private static final String DELIVERIES = "deliveries-records.bin";
    /** The records of process events as the first version with them made them: shorter ones than now. */
    private static final String PROCESS_RECORDS = "process-records.bin";

    private static final List<String> PATHS = List.of("/etc/hosts", "/srv/\u00fcber", "/nowhere");
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };
    private static final MethodDescriptor<byte[], byte[]> SUBSCRIBE = method("Subscribe", MethodType.SERVER_STREAMING);

    private final SimKernel kernel = SimKernel.create();
    private final Served served =
            Served.shared(kernel.driver(), () -> CaptureConfig.builder().ringBytes(1 << 20));

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void aServerSendsEventsToASubscriberOfTheVersionBefore() throws Exception {
        List<DynamicMessage> answers = new ArrayList<>();
        Descriptor delivery = descriptors().get("unraced.v1.Delivery");
        for (byte[] answer : subscribe(golden(BY_EVENTS))) {
            answers.add(DynamicMessage.parseFrom(delivery, answer));
        }
        assertBegins(answers.get(0));
        assertThat(answers.stream().flatMap(UpgradeTest::paths)).containsExactlyElementsOf(PATHS);
    }

    @Test
    void aServerSendsRecordsToASubscriberOfTheVersionBefore() throws Exception {
        List<DynamicMessage> answers = new ArrayList<>();
        Descriptor delivery = descriptors().get("unraced.v1.Delivery");
        for (byte[] answer : subscribe(golden(BY_RECORDS))) {
            answers.add(DynamicMessage.parseFrom(delivery, answer));
        }
        assertBegins(answers.get(0));
        assertThat(field(message(answers.get(0), "started"), "record_version")).isEqualTo(1);
        assertThat(answers.stream()
                        .mapToInt(answer -> ((ByteString) field(answer, "records")).size())
                        .sum())
                .isGreaterThan(PATHS.size() * RecordLayout.FIXED_SIZE);
    }

    private static void assertBegins(DynamicMessage first) {
        DynamicMessage started = message(first, "started");
        assertThat(field(started, "protocol")).isEqualTo(1);
        assertThat(((ByteString) field(started, "subscription_id")).size()).isPositive();
        assertThat(((ByteString) field(first, "resume_token")).size()).isPositive();
        assertThat(field(message(started, "capabilities"), "driver")).isEqualTo("sim");
        assertThat(field(message(first, "stats"), "ring_bytes")).isNotEqualTo(0L);
    }

    @Test
    void aSubscriberReadsAServerOfTheVersionBefore() throws Exception {
        List<byte[]> deliveries = delimited(golden(DELIVERIES));
        try (FormerServer server = new FormerServer(stream -> deliveries.forEach(stream::onNext));
                Capture capture = new RemoteDriver().open(server.client().build())) {
            List<String> paths = new ArrayList<>();
            while (paths.size() < PATHS.size()) {
                int count = capture.await(
                        event -> paths.add(
                                ((OpenEvent) event.snapshot()).path().value().toUtf8()),
                        PATHS.size(),
                        TimeUnit.SECONDS.toNanos(20));
                assertThat(count).isPositive();
            }
            assertThat(paths).isEqualTo(PATHS);
            assertThat(capture.capabilities().lacking()).isNotEmpty();
            assertThat(capture.stats().delivered()).isEqualTo(PATHS.size());
        }
    }

    @Test
    void aSubscriberReadsTheFirstRecordsOfProcessEvents() throws Exception {
        byte[] records = golden(PROCESS_RECORDS);
        Delivery.Builder delivery = started();
        int count = 0;
        for (int at = 0;
                at < records.length;
                at += ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN).getInt(at + ProcessLayout.LENGTH)) {
            count++;
        }
        delivery.setRecords(ByteString.copyFrom(records)).setCount(count);
        byte[] answer = delivery.build().toByteArray();
        List<ProcessView> events = new ArrayList<>();
        try (FormerServer server = new FormerServer(stream -> stream.onNext(answer));
                Capture capture = new RemoteDriver()
                        .open(server.client().processEvents(true).build())) {
            EventHandler handler = EventHandler.of(event -> {}, event -> events.add(event.snapshot()));
            while (events.size() < count) {
                assertThat(capture.await(handler, count, TimeUnit.SECONDS.toNanos(20)))
                        .isPositive();
            }
            assertThat(capture.stats().lost()).doesNotContainKey(LossReason.MALFORMED);
        }
        assertThat(events)
                .filteredOn(event -> event.type() == ProcessView.Type.EXEC)
                .hasSize(2)
                .allSatisfy(exec -> {
                    assertThat(exec.path().toByteString().toUtf8())
                            .isEqualTo(exec.executable().toByteString().toUtf8());
                    assertThat(exec.execCall()).isEqualTo(ProcessView.ExecCall.UNKNOWN);
                    assertThat(exec.hasCredentialsBefore()).isFalse();
                    assertThat(exec.containerId().isPresent()).isFalse();
                    assertThat(exec.isTerminalKnown()).isFalse();
                })
                .extracting(exec -> exec.path().toByteString().toUtf8())
                .containsExactly("/usr/bin/tool", "/usr/bin/other");
    }

    @Test
    void aCountOfMoreRecordsThanAMessageHoldsIsNotBelieved() throws Exception {
        byte[] records = golden(PROCESS_RECORDS);
        byte[] answer = started()
                .setRecords(ByteString.copyFrom(records))
                .setCount(Integer.MAX_VALUE)
                .build()
                .toByteArray();
        try (FormerServer server = new FormerServer(stream -> stream.onNext(answer));
                Capture capture = new RemoteDriver()
                        .open(server.client().processEvents(true).build())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> capture.stats().lost().containsKey(LossReason.MALFORMED));
            assertThat(capture.stats().lost().get(LossReason.MALFORMED))
                    .isBetween(1L, (long) Protocol.MAX_DELIVERY / ProcessLayout.FIRST_FIXED_SIZE);
        }
    }

    /** Returns the begin of a stream of a server that has process events. */
    private static Delivery.Builder started() throws IOException {
        Delivery.Builder delivery =
                Delivery.parseFrom(delimited(golden(DELIVERIES)).get(0)).toBuilder();
        delivery.getStartedBuilder().getCapabilitiesBuilder().setProcessEvents(true);
        return delivery;
    }

    @Test
    void aSubscriberThatTheVersionBeforeRefusesSaysWhy() throws Exception {
        String why = "the subscriber speaks protocol version 2, this server version 1";
        try (FormerServer server = new FormerServer(stream ->
                stream.onError(Status.FAILED_PRECONDITION.withDescription(why).asRuntimeException()))) {
            CaptureConfig config = server.client().build();
            assertThatThrownBy(() -> new RemoteDriver().open(config))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining(why);
        }
    }

    @Test
    void aServerOfTheVersionBeforeIsKnownToKeepItsFilters() throws Exception {
        List<byte[]> deliveries = delimited(golden(DELIVERIES));
        try (FormerServer server = new FormerServer(stream -> deliveries.forEach(stream::onNext));
                Capture capture = new RemoteDriver().open(server.client().build())) {
            assertThatThrownBy(() -> capture.filterBy(EventFilters.NONE))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("whose subscriptions keep the filters with which they began");
        }
    }

    /** It does not say that it lacks what it does not know. */
    @Test
    void aServerOfTheVersionBeforeLacksWhatItDoesNotKnow() throws Exception {
        List<byte[]> deliveries = delimited(golden(DELIVERIES));
        try (FormerServer server = new FormerServer(stream -> deliveries.forEach(stream::onNext));
                Capture capture = new RemoteDriver().open(server.client().build())) {
            Map<Capability, String> lacking = capture.capabilities().lacking();
            assertThat(lacking)
                    .containsKeys(
                            Feature.PROCESS_EVENTS,
                            Feature.LIVE_FILTERS,
                            Feature.TERMINALS,
                            Feature.FILTER_EXECUTABLE,
                            Feature.CGROUP_PATH)
                    .doesNotContainKey(Feature.FILTER_PATH);
            assertThat(lacking.get(Feature.PROCESS_EVENTS)).contains("of a version that streams");
        }
    }

    @Test
    void noFieldOfTheVersionBeforeHasChanged() throws Exception {
        Map<String, Descriptor> now = new HashMap<>();
        Map<String, EnumDescriptor> enumsNow = new HashMap<>();
        for (FileDescriptor file : present()) {
            collect(file, now, enumsNow);
        }
        Map<String, EnumDescriptor> enumsBefore = new HashMap<>();
        Map<String, Descriptor> before = descriptors(enumsBefore);
        assertThat(before).hasSizeGreaterThan(20);
        before.forEach((name, message) -> {
            assertThat(now).containsKey(name);
            for (FieldDescriptor field : message.getFields()) {
                FieldDescriptor same = now.get(name).findFieldByNumber(field.getNumber());
                assertThat(same).as("field %d of %s", field.getNumber(), name).isNotNull();
                assertThat(same.getName()).isEqualTo(field.getName());
                assertThat(same.getType()).as(field.getFullName()).isEqualTo(field.getType());
                assertThat(same.isRepeated()).as(field.getFullName()).isEqualTo(field.isRepeated());
            }
        });
        enumsBefore.forEach((name, values) -> {
            assertThat(enumsNow).containsKey(name);
            for (EnumValueDescriptor value : values.getValues()) {
                assertThat(enumsNow.get(name).findValueByNumber(value.getNumber()))
                        .as(value.getFullName())
                        .isNotNull()
                        .extracting(EnumValueDescriptor::getName)
                        .isEqualTo(value.getName());
            }
        });
    }

    @Test
    @EnabledIfSystemProperty(named = "golden.write", matches = ".+")
    void writeThePresentVersion() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of(System.getProperty("golden.write")));
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        present().forEach(file -> set.addFile(file.toProto()));
        Files.write(folder.resolve(DESCRIPTORS), set.build().toByteArray());
        Files.write(folder.resolve(BY_EVENTS), request(Payload.PAYLOAD_EVENTS));
        byte[] byRecords = request(Payload.PAYLOAD_RECORDS);
        Files.write(folder.resolve(BY_RECORDS), byRecords);
        ByteArrayOutputStream deliveries = new ByteArrayOutputStream();
        for (byte[] delivery : subscribe(byRecords)) {
            Delivery.parseFrom(delivery).writeDelimitedTo(deliveries);
        }
        Files.write(folder.resolve(DELIVERIES), deliveries.toByteArray());
    }

    private static byte[] request(Payload payload) {
        return SubscribeRequest.newBuilder()
                .setProtocol(Protocol.VERSION)
                .setPayload(payload)
                .setRecordVersion(payload == Payload.PAYLOAD_RECORDS ? RecordLayout.VERSION : 0)
                .build()
                .toByteArray();
    }

    /** Subscribes, has the calls made, and returns the answers until their events have come. */
    private List<byte[]> subscribe(byte[] request) throws IOException {
        try (Link link = new Link(RemoteSettings.of(served.client().build()))) {
            ManagedChannel channel = link.channel();
            try {
                Iterator<byte[]> stream = ClientCalls.blockingServerStreamingCall(
                        channel, SUBSCRIBE, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), request);
                List<byte[]> answers = new ArrayList<>(List.of(stream.next()));
                kernel.files().file(PATHS.get(0)).file(PATHS.get(1));
                SimThread thread = kernel.process("work").thread();
                PATHS.forEach(path -> thread.openat(path).finish());
                for (int events = 0; events < PATHS.size(); ) {
                    answers.add(stream.next());
                    events +=
                            Delivery.parseFrom(answers.get(answers.size() - 1)).getCount();
                }
                return answers;
            } finally {
                Link.end(channel);
            }
        }
    }

    private static Stream<String> paths(DynamicMessage delivery) {
        return ((List<?>) field(delivery, "events"))
                .stream()
                        .map(event -> message((DynamicMessage) event, "open"))
                        .map(open -> ((ByteString) field(open, "path")).toStringUtf8());
    }

    private static Object field(DynamicMessage message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    private static DynamicMessage message(DynamicMessage outer, String name) {
        return (DynamicMessage) field(outer, name);
    }

    private static List<FileDescriptor> present() {
        return List.of(EventOuterClass.getDescriptor(), UnracedOuterClass.getDescriptor());
    }

    /** Returns the messages of the version before, by their names. */
    private static Map<String, Descriptor> descriptors() throws IOException, DescriptorValidationException {
        return descriptors(new HashMap<>());
    }

    private static Map<String, Descriptor> descriptors(Map<String, EnumDescriptor> enums)
            throws IOException, DescriptorValidationException {
        Map<String, Descriptor> messages = new HashMap<>();
        List<FileDescriptor> files = new ArrayList<>();
        for (FileDescriptorProto proto :
                FileDescriptorSet.parseFrom(golden(DESCRIPTORS)).getFileList()) {
            FileDescriptor file = FileDescriptor.buildFrom(proto, files.toArray(FileDescriptor[]::new));
            files.add(file);
            collect(file, messages, enums);
        }
        return messages;
    }

    private static void collect(
            FileDescriptor file, Map<String, Descriptor> messages, Map<String, EnumDescriptor> enums) {
        file.getEnumTypes().forEach(each -> enums.put(each.getFullName(), each));
        file.getMessageTypes().forEach(each -> {
            messages.put(each.getFullName(), each);
            each.getEnumTypes().forEach(inner -> enums.put(inner.getFullName(), inner));
        });
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = UpgradeTest.class.getResourceAsStream(GOLDEN + name)) {
            return in.readAllBytes();
        }
    }

    private static List<byte[]> delimited(byte[] all) throws IOException {
        List<byte[]> messages = new ArrayList<>();
        InputStream in = new ByteArrayInputStream(all);
        for (Message next = Delivery.parseDelimitedFrom(in); next != null; next = Delivery.parseDelimitedFrom(in)) {
            messages.add(next.toByteArray());
        }
        return messages;
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName("unraced.v1.Unraced/" + name)
                .setRequestMarshaller(BYTES)
                .setResponseMarshaller(BYTES)
                .build();
    }

    /** A server that knows no messages, and answers with bytes that one of the version before has sent. */
    private static final class FormerServer implements AutoCloseable {
        private final Server server;

        FormerServer(Consumer<StreamObserver<byte[]>> answers) throws IOException {
            server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            InsecureServerCredentials.create())
                    .addService(ServerServiceDefinition.builder("unraced.v1.Unraced")
                            .addMethod(
                                    SUBSCRIBE,
                                    ServerCalls.asyncServerStreamingCall((request, stream) -> answers.accept(stream)))
                            .addMethod(
                                    method("Unsubscribe", MethodType.UNARY),
                                    ServerCalls.asyncUnaryCall((request, stream) -> answer(stream)))
                            .addMethod(
                                    method("GetStats", MethodType.UNARY),
                                    ServerCalls.asyncUnaryCall((request, stream) -> answer(stream)))
                            .addMethod(
                                    method("GetCapabilities", MethodType.UNARY),
                                    ServerCalls.asyncUnaryCall((request, stream) -> describe(stream)))
                            .build())
                    .build()
                    .start();
        }

        private static void describe(StreamObserver<byte[]> stream) {
            try {
                stream.onNext(GetCapabilitiesResponse.newBuilder()
                        .setCapabilities(started().getStarted().getCapabilities())
                        .build()
                        .toByteArray());
                stream.onCompleted();
            } catch (IOException e) {
                stream.onError(e);
            }
        }

        /** Answers with the statistics of the last delivery that has any. */
        private static void answer(StreamObserver<byte[]> stream) {
            try {
                UnsubscribeResponse.Builder response = UnsubscribeResponse.newBuilder();
                for (byte[] delivery : delimited(golden(DELIVERIES))) {
                    Delivery each = Delivery.parseFrom(delivery);
                    if (each.hasStats()) {
                        response.setStats(each.getStats());
                    }
                }
                stream.onNext(response.build().toByteArray());
                stream.onCompleted();
            } catch (IOException e) {
                stream.onError(e);
            }
        }

        CaptureConfigBuilder client() {
            return CaptureConfig.builder()
                    .driver(RemoteDriver.NAME)
                    .ringBytes(1 << 20)
                    .set("remote.address", "127.0.0.1:" + server.getPort())
                    .set("remote.plaintext", "on");
        }

        @Override
        public void close() {
            server.shutdownNow();
        }
    }
}
