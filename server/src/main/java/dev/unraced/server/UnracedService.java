// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import com.google.protobuf.ByteString;
import dev.unraced.config.EventFilters;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.CaptureStats;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.protocol.BooksCodec;
import dev.unraced.protocol.CapabilitiesCodec;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.v1.Books;
import dev.unraced.protocol.v1.Cursor;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.GetCapabilitiesRequest;
import dev.unraced.protocol.v1.GetCapabilitiesResponse;
import dev.unraced.protocol.v1.GetStatsRequest;
import dev.unraced.protocol.v1.GetStatsResponse;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.SetEnterEventsRequest;
import dev.unraced.protocol.v1.SetEnterEventsResponse;
import dev.unraced.protocol.v1.SetMitigationRequest;
import dev.unraced.protocol.v1.SetMitigationResponse;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedGrpc;
import dev.unraced.protocol.v1.UnsubscribeRequest;
import dev.unraced.protocol.v1.UnsubscribeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the calls of {@code unraced.v1.Unraced}. Thread-safe. */
final class UnracedService extends UnracedGrpc.UnracedImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(UnracedService.class);

    private final Captures captures;
    private final Access access;
    private final Limits limits;
    private final Map<ByteString, Outlet> outlets = new ConcurrentHashMap<>();
    private final Shares subscriptions;
    private volatile boolean available;

    UnracedService(Captures captures, Access access, Limits limits) {
        this.captures = captures;
        this.access = access;
        this.limits = limits;
        this.subscriptions = new Shares(limits.subscribers(), limits.subscribersPerPeer());
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Delivery> deliveries) {
        ServerCallStreamObserver<Delivery> stream = (ServerCallStreamObserver<Delivery>) deliveries;
        Peer peer = PeerCheck.current();
        Rank rank = Rank.of(peer, access);
        Shares.Answer answer = subscriptions.take(peer.party(), rank);
        if (answer != Shares.Answer.GRANTED) {
            stream.onError(Requests.refuse(Status.RESOURCE_EXHAUSTED, refusal(answer, peer)));
            return;
        }
        Connection connection = PeerCheck.connection();
        if (connection != null) {
            connection.subscribed();
        }
        StreamSink sink = new StreamSink(stream, () -> {
            subscriptions.give(peer.party(), rank);
            if (connection != null) {
                connection.unsubscribed();
            }
        });
        try {
            Outlet outlet = outlet(request, sink, peer);
            LOG.info("{} subscribes, {} in all", peer.describe(), subscriptions.taken());
            sink.whenGone(() -> gone(outlet));
        } catch (RuntimeException e) {
            sink.fail(e);
        }
    }

    private String refusal(Shares.Answer answer, Peer peer) {
        return answer == Shares.Answer.ALL_TAKEN
                ? "this server has its " + limits.subscribers() + " subscribers already"
                : peer.describe() + " has its share of " + limits.subscribersPerPeer()
                        + " subscriptions already (--max-per-peer)";
    }

    private void gone(Outlet outlet) {
        outlets.remove(outlet.id());
        outlet.hub().detach(outlet);
        captures.abandoned(outlet.hub());
    }

    private Outlet outlet(SubscribeRequest request, StreamSink sink, Peer peer) {
        Requests.checkProtocol(request.getProtocol());
        Requests.checkKnown(request);
        Payload payload = Requests.payload(request);
        EventFilters filters = Requests.filters(request, limits.filterValues());
        Set<Syscall> syscalls = Requests.syscalls(request, captures.config().syscalls());
        int self = !request.getObserveSelf() && captures.isLocal() && peer instanceof Peer.LocalProcess process
                ? process.pid()
                : 0;
        Outlet.Wants wants = new Outlet.Wants(payload, syscalls, self, Requests.maxBatch(request));
        Cursor cursor = request.getResumeToken().isEmpty()
                ? Cursor.getDefaultInstance()
                : Requests.argument(() -> ResumeTokens.peek(request.getResumeToken()));
        @Nullable Hub before = captures.find(cursor.getCaptureId()).orElse(null);
        boolean own = request.hasOwnCapture();
        Hub hub = before != null && before.isOwn() == own ? before : hub(request, filters, syscalls);
        sink.readyHandler(hub::wake);
        // An own capture applies the subscriber's filters at its source; the server's filters apply here.
        FilterMatcher matcher = new FilterMatcher(own ? captures.config().filters() : filters, new CgroupTree());
        Outlet outlet = new Outlet(hub, sink, wants, matcher, request.getEnterEvents());
        BroadcastRing.@Nullable Cursor from = hub != before
                ? null
                : Requests.argument(() -> hub.tokens()
                        .read(request.getResumeToken())
                        .map(outlet::restore)
                        .orElse(null));
        // The outlet is registered first: once attached, the subscriber may learn its id, and ask for its statistics.
        outlets.put(outlet.id(), outlet);
        try {
            hub.attach(outlet, from);
        } catch (RuntimeException e) {
            gone(outlet);
            throw e;
        }
        return outlet;
    }

    private Hub hub(SubscribeRequest request, EventFilters filters, Set<Syscall> syscalls) {
        if (!request.hasOwnCapture()) {
            return shared();
        }
        if (!captures.allowsOwn()) {
            throw Requests.refuse(
                    Status.FAILED_PRECONDITION,
                    "this server has no captures for single subscribers; start it with --own-captures, or do without");
        }
        try {
            return captures.open(config ->
                    Requests.apply(request.getOwnCapture(), filters, syscalls, request.getObserveSelf(), config));
        } catch (IllegalStateException e) {
            throw Requests.refuse(Status.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()));
        } catch (InvalidConfigException e) {
            throw Requests.refuse(Status.INVALID_ARGUMENT, String.join("; ", e.problems()));
        } catch (CaptureException e) {
            throw Requests.refuse(Status.FAILED_PRECONDITION, String.valueOf(e.getMessage()));
        }
    }

    private Hub shared() {
        return captures.shared()
                .orElseThrow(() -> Requests.refuse(
                        Status.FAILED_PRECONDITION,
                        "this server has no shared capture; ask for one of your own"
                                + " (unraced.remote.own-capture = on)"));
    }

    @Override
    public void getCapabilities(GetCapabilitiesRequest request, StreamObserver<GetCapabilitiesResponse> response) {
        answer(response, () -> {
            Requests.checkProtocol(request.getProtocol());
            GetCapabilitiesResponse.Builder message = GetCapabilitiesResponse.newBuilder();
            if (request.getOwnCapture()) {
                if (!captures.allowsOwn()) {
                    throw Requests.refuse(
                            Status.FAILED_PRECONDITION, "this server has no captures for single subscribers");
                }
                checkAvailable();
                return message.setCapabilities(CapabilitiesCodec.encode(
                                captures.driver().name(), captures.driver().capabilities()))
                        .build();
            }
            var capture = shared().capture();
            Capabilities capabilities = capture.capabilities();
            if (capabilities.has(Feature.SOURCE_FILTERS)) {
                capabilities = capabilities.without(
                        Feature.SOURCE_FILTERS,
                        "the server filters what a shared capture has seen; with unraced.remote.own-capture = on the"
                                + " source does");
            }
            if (capabilities.has(Feature.RATE_LIMITS)) {
                capabilities = capabilities.without(
                        Feature.RATE_LIMITS,
                        "the limits of a shared capture are the server's; with unraced.remote.own-capture = on they are"
                                + " the subscriber's");
            }
            if (capabilities.has(Feature.LIVE_SWITCH) && !access.mayControl(PeerCheck.current())) {
                capabilities = capabilities.without(
                        Feature.LIVE_SWITCH,
                        PeerCheck.current().describe() + " may not change the mode of the shared capture");
            }
            return message.setCapabilities(CapabilitiesCodec.encode(capture.driver(), capabilities))
                    .setBooks(books(shared()))
                    .build();
        });
    }

    /** Finds out once that captures can be opened: that takes a driver as long as to open one. */
    private void checkAvailable() {
        if (available) {
            return;
        }
        Availability availability = captures.driver().availability(captures.config());
        if (!availability.isAvailable()) {
            throw Requests.refuse(
                    Status.FAILED_PRECONDITION, "driver " + captures.driver().name() + ": " + availability.describe());
        }
        available = true;
    }

    @Override
    public void setMitigation(SetMitigationRequest request, StreamObserver<SetMitigationResponse> response) {
        answer(response, () -> {
            Mitigation mode = Requests.argument(() -> Codes.decode(request.getMitigation()));
            Hub hub = controlled(request.getSubscriptionId());
            hub.capture().mitigation(mode);
            LOG.info("{} sets mitigation {}", PeerCheck.current().describe(), mode);
            return SetMitigationResponse.newBuilder()
                    .setMitigation(Codes.encode(hub.capture().mitigation()))
                    .build();
        });
    }

    @Override
    public void setEnterEvents(SetEnterEventsRequest request, StreamObserver<SetEnterEventsResponse> response) {
        answer(response, () -> {
            boolean publish = request.getEnterEvents();
            Hub hub = controlled(request.getSubscriptionId());
            Outlet outlet = outlets.get(request.getSubscriptionId());
            if (publish && outlet != null) {
                outlet.wantsEntries(true);
            }
            hub.capture().enterEvents(publish);
            return SetEnterEventsResponse.newBuilder()
                    .setEnterEvents(hub.capture().enterEvents())
                    .build();
        });
    }

    /** A subscriber may switch its own capture; the shared capture needs permission. */
    private Hub controlled(ByteString subscription) {
        Hub hub = subscription.isEmpty() ? shared() : find(subscription).hub();
        if (!hub.isOwn() && !access.mayControl(PeerCheck.current())) {
            throw Requests.refuse(
                    Status.PERMISSION_DENIED,
                    PeerCheck.current().describe() + " may not change the mode of the shared capture");
        }
        return hub;
    }

    @Override
    public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> response) {
        answer(
                response,
                () -> GetStatsResponse.newBuilder()
                        .setBooks(
                                request.getSubscriptionId().isEmpty()
                                        ? books(shared())
                                        : find(request.getSubscriptionId()).books())
                        .build());
    }

    @Override
    public void unsubscribe(UnsubscribeRequest request, StreamObserver<UnsubscribeResponse> response) {
        answer(response, () -> {
            Outlet outlet = find(request.getSubscriptionId());
            Books books = outlet.finish();
            captures.close(outlet.hub());
            return UnsubscribeResponse.newBuilder().setBooks(books).build();
        });
    }

    private Outlet find(ByteString subscription) {
        Outlet outlet = outlets.get(subscription);
        if (outlet == null) {
            throw Requests.refuse(Status.NOT_FOUND, "there is no such subscription");
        }
        return outlet;
    }

    /** Returns the statistics of a capture itself. */
    private static Books books(Hub hub) {
        CaptureStats stats = hub.stats();
        return Books.newBuilder()
                .setReturned(stats.returned())
                .setEntered(stats.entered())
                .setSubmitted(stats.delivered())
                .putAllLost(BooksCodec.encode(stats.lost()))
                .putAllFiltered(BooksCodec.encode(stats.filtered()))
                .setWakeups(stats.wakeups())
                .setRingBytes(stats.ringBytes())
                .setStashBytes(stats.stashBytes())
                .setStash(BooksCodec.encode(stats.stash()))
                .setCopiesMissed(stats.copiesMissed())
                .addAllHeaviest(BooksCodec.encode(stats.heaviest()))
                .setMitigation(Codes.encode(hub.capture().mitigation()))
                .setEnterEvents(hub.capture().enterEvents())
                .setSubscribers(hub.subscribers())
                .build();
    }

    private static <T> void answer(StreamObserver<T> response, Supplier<T> question) {
        try {
            response.onNext(question.get());
            response.onCompleted();
        } catch (StatusRuntimeException e) {
            response.onError(e);
        } catch (CaptureException e) {
            response.onError(Requests.refuse(Status.FAILED_PRECONDITION, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("A request failed", e);
            response.onError(Requests.refuse(Status.INTERNAL, "the server failed; its log says how"));
        }
    }
}
