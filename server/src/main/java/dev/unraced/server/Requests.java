// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import com.google.protobuf.Message;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.event.ByteString;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.FiltersCodec;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.v1.Filters;
import dev.unraced.protocol.v1.OwnCapture;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.SetFiltersRequest;
import dev.unraced.protocol.v1.SubscribeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Reads requests, and refuses those that this server does not understand. */
final class Requests {

    private Requests() {}

    /** Refuses an older or a newer protocol. */
    static void checkProtocol(int protocol) {
        if (protocol < Protocol.OLDEST || protocol > Protocol.VERSION) {
            String range = Protocol.OLDEST == Protocol.VERSION
                    ? "version " + Protocol.VERSION
                    : "versions " + Protocol.OLDEST + " to " + Protocol.VERSION;
            throw refuse(
                    Status.FAILED_PRECONDITION,
                    "the subscriber speaks protocol version " + Integer.toUnsignedString(protocol) + ", this server "
                            + range);
        }
    }

    /** Refuses fields of later versions, which could be filters: without them the server would deliver too much. */
    static void checkKnown(SubscribeRequest request) {
        checkKnown(request, "SubscribeRequest");
        checkKnown(request.getFilters(), "Filters");
        checkKnown(request.getOwnCapture(), "OwnCapture");
    }

    private static void checkKnown(Message message, String name) {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw refuse(
                    Status.INVALID_ARGUMENT,
                    "this server does not know field "
                            + message.getUnknownFields()
                                    .asMap()
                                    .keySet()
                                    .iterator()
                                    .next() + " of " + name);
        }
    }

    static Payload payload(SubscribeRequest request) {
        Payload payload = request.getPayload();
        if (payload != Payload.PAYLOAD_RECORDS && payload != Payload.PAYLOAD_EVENTS) {
            throw refuse(
                    Status.INVALID_ARGUMENT,
                    "payload " + request.getPayloadValue() + "; allowed: records (1), events (2)");
        }
        if (payload == Payload.PAYLOAD_RECORDS && request.getRecordVersion() != RecordLayout.VERSION) {
            throw refuse(
                    Status.FAILED_PRECONDITION,
                    "the subscriber reads records of version " + Integer.toUnsignedString(request.getRecordVersion())
                            + ", this server writes version " + RecordLayout.VERSION
                            + "; ask for PAYLOAD_EVENTS, or use the same release on both ends");
        }
        return payload;
    }

    /** Returns the calls that a subscriber watches, all of which the capture must watch. */
    static Set<Syscall> syscalls(SubscribeRequest request, Set<Syscall> watched) {
        if (request.getSyscallsCount() == 0) {
            return watched;
        }
        EnumSet<Syscall> wanted = EnumSet.noneOf(Syscall.class);
        for (var call : request.getSyscallsList()) {
            wanted.add(argument(() -> Codes.decode(call)));
        }
        if (!watched.containsAll(wanted)) {
            wanted.removeAll(watched);
            throw refuse(
                    Status.FAILED_PRECONDITION,
                    "this server does not watch " + Codes.names(wanted) + "; ask for calls among "
                            + Codes.names(watched) + ", or leave unraced.syscalls out to get all of them");
        }
        return wanted;
    }

    /** Refuses fields of later versions. */
    static void checkKnown(SetFiltersRequest request) {
        checkKnown(request, "SetFiltersRequest");
        checkKnown(request.getFilters(), "Filters");
    }

    static EventFilters filters(Filters filters, int most) {
        int values = filters.getTgidsCount()
                + filters.getUidsCount()
                + filters.getCgroupsCount()
                + filters.getMountNamespacesCount()
                + filters.getExecutablesCount()
                + filters.getPathsCount();
        if (values > most) {
            throw refuse(
                    Status.RESOURCE_EXHAUSTED, "the filters have " + values + " values; this server takes " + most);
        }
        return argument(() -> FiltersCodec.decode(filters));
    }

    static int maxBatch(SubscribeRequest request) {
        int asked = request.getMaxBatchBytes();
        return asked <= 0 ? DEFAULT_BATCH : Math.min(asked, Protocol.MAX_BATCH);
    }

    private static final int DEFAULT_BATCH = 256 << 10;

    /** Copies the settings of a subscriber's own capture into a configuration. */
    static void apply(
            OwnCapture wanted,
            EventFilters filters,
            Set<Syscall> syscalls,
            SubscribeRequest request,
            CaptureConfigBuilder config) {
        config.mitigation(argument(() -> Codes.decode(wanted.getMitigation())))
                .integrity(wanted.getIntegrity())
                .enterEvents(wanted.getEnterEvents())
                .processEvents(request.getProcessEvents())
                .syscalls(syscalls.toArray(Syscall[]::new))
                .observeSelf(request.getObserveSelf())
                .ringBytes(Integer.toUnsignedLong(wanted.getRingBytes()))
                .stashEntries(wanted.getStashEntries())
                .stashLongPaths(wanted.getStashLongPaths())
                .userLimit(wanted.getUserLimit())
                .cgroupLimit(wanted.getCgroupLimit())
                .tgids(filters.tgids().stream().mapToInt(Integer::intValue).toArray())
                .uids(filters.uids().stream().mapToLong(Long::longValue).toArray())
                .cgroups(filters.cgroups().stream().mapToLong(Long::longValue).toArray())
                .mountNamespaces(filters.mountNamespaces().stream()
                        .mapToLong(Long::longValue)
                        .toArray())
                .executables(filters.executables().toArray(String[]::new))
                .paths(texts(filters.paths()))
                .result(filters.result());
    }

    private static String[] texts(List<ByteString> paths) {
        for (ByteString path : paths) {
            if (!ByteString.utf8(path.toUtf8()).equals(path)) {
                throw refuse(
                        Status.INVALID_ARGUMENT,
                        "the path filter " + path.escaped() + " is not UTF-8, and a capture of its own takes no other");
            }
        }
        return paths.stream().map(ByteString::toUtf8).toArray(String[]::new);
    }

    /** Reads a part of a request, and refuses the request if a value is invalid. */
    static <T> T argument(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    static StatusRuntimeException refuse(Status status, String why) {
        return status.withDescription(why).asRuntimeException();
    }
}
