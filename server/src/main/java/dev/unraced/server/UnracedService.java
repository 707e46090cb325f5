// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import com.google.protobuf.ByteString;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.EventFilters;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.protocol.CapabilitiesCodec;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.StatsCodec;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.GetCapabilitiesRequest;
import dev.unraced.protocol.v1.GetCapabilitiesResponse;
import dev.unraced.protocol.v1.GetStatsRequest;
import dev.unraced.protocol.v1.GetStatsResponse;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.SetEnterEventsRequest;
import dev.unraced.protocol.v1.SetEnterEventsResponse;
import dev.unraced.protocol.v1.SetFiltersRequest;
import dev.unraced.protocol.v1.SetFiltersResponse;
import dev.unraced.protocol.v1.SetMitigationRequest;
import dev.unraced.protocol.v1.SetMitigationResponse;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedGrpc;
import dev.unraced.protocol.v1.UnsubscribeRequest;
import dev.unraced.protocol.v1.UnsubscribeResponse;
import dev.unraced.server.broadcast.Broadcaster;
import dev.unraced.server.broadcast.Subscription;
import dev.unraced.server.connection.Access;
import dev.unraced.server.connection.Connection;
import dev.unraced.server.connection.Peer;
import dev.unraced.server.connection.PeerAuthorization;
import dev.unraced.server.connection.Rank;
import dev.unraced.server.connection.SubscriptionQuota;
import dev.unraced.server.linux.CgroupTree;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the calls of {@code unraced.v1.Unraced}. Thread-safe. */
final class UnracedService extends UnracedGrpc.UnracedImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(UnracedService.class);

    /** The capabilities that a source has and a subscriber of the shared capture does not. */
    private static final Set<Feature> FILTERS = EnumSet.of(
            Feature.FILTER_THREAD_GROUP,
            Feature.FILTER_USER,
            Feature.FILTER_CGROUP,
            Feature.FILTER_MOUNT_NAMESPACE,
            Feature.FILTER_PATH,
            Feature.FILTER_RESULT,
            Feature.FILTERS_AT_ENTRY);

    /** The message to a subscriber to whose own capture the server's filters cannot be applied. */
    private static final String OWN_EXECUTABLES =
            "this server filters by executable, which it cannot apply to a capture"
                    + " of your own; subscribe to the shared capture (unraced.remote.own-capture = off)";

    /** The most subscriptions that the log tells of in this time; all are there at the level of debugging. */
    private static final int LINES = 60;

    private static final long LINES_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Captures captures;
    private final Access access;
    private final Limits limits;
    private final Map<ByteString, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final SubscriptionQuota quota;
    private final CgroupTree cgroups = new CgroupTree();
    private final Semaphore changes = new Semaphore(GrpcServer.CALL_THREADS / 2);
    /** A peer that subscribes and leaves in a loop must not fill the log. */
    private final LineBudget lines = new LineBudget(LINES, LINES_NANOS, System::nanoTime);

    private volatile boolean available;

    UnracedService(Captures captures, Access access, Limits limits) {
        this.captures = captures;
        this.access = access;
        this.limits = limits;
        this.quota = new SubscriptionQuota(limits.subscribers(), limits.subscribersPerPeer());
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Delivery> deliveries) {
        ServerCallStreamObserver<Delivery> stream = (ServerCallStreamObserver<Delivery>) deliveries;
        Peer peer = PeerAuthorization.current();
        Rank rank = Rank.of(peer, access);
        SubscriptionQuota.Answer answer = quota.take(peer.party(), rank);
        if (answer != SubscriptionQuota.Answer.GRANTED) {
            stream.onError(Requests.refuse(Status.RESOURCE_EXHAUSTED, refusal(answer, peer)));
            return;
        }
        Connection connection = PeerAuthorization.connection();
        if (connection != null) {
            connection.subscribed();
        }
        SubscriberStream transport = new SubscriberStream(stream, () -> {
            quota.give(peer.party(), rank);
            if (connection != null) {
                connection.unsubscribed();
            }
        });
        try {
            Subscription subscription = begin(request, transport, peer);
            if (lines.grant()) {
                LOG.info("{} subscribes, {} in all", peer.describe(), quota.taken());
            } else {
                LOG.debug("{} subscribes, {} in all", peer.describe(), quota.taken());
            }
            transport.whenGone(() -> gone(subscription));
        } catch (RuntimeException e) {
            transport.fail(e);
        }
    }

    private String refusal(SubscriptionQuota.Answer answer, Peer peer) {
        return answer == SubscriptionQuota.Answer.ALL_TAKEN
                ? "this server has its " + limits.subscribers() + " subscribers already"
                : peer.describe() + " has its share of " + limits.subscribersPerPeer()
                        + " subscriptions already (--max-per-peer)";
    }

    private void gone(Subscription subscription) {
        subscriptions.remove(subscription.id());
        subscription.broadcaster().detach(subscription);
        captures.abandoned(subscription.broadcaster());
    }

    private Subscription begin(SubscribeRequest request, SubscriberStream transport, Peer peer) {
        Requests.checkProtocol(request.getProtocol());
        Requests.checkKnown(request);
        Payload payload = Requests.payload(request);
        EventFilters filters = Requests.filters(request.getFilters(), limits.filterValues());
        Set<Syscall> syscalls = Requests.syscalls(request, captures.config().syscalls());
        int self = !request.getObserveSelf() && captures.isLocal() && peer instanceof Peer.LocalProcess process
                ? process.pid()
                : 0;
        Subscription.Options options = new Subscription.Options(
                payload, syscalls, request.getProcessEvents(), self, Requests.maxBatch(request));
        ByteString token = request.getResumeToken();
        ByteString captureId = Requests.argument(() -> Broadcaster.captureId(token));
        @Nullable Broadcaster before = captures.find(captureId).orElse(null);
        boolean own = request.hasOwnCapture();
        // An own capture applies the subscriber's filters at its source; the server's filters apply here.
        FilterMatcher matcher = own ? matcher(captures.filters(), OWN_EXECUTABLES) : matcher(filters);
        Broadcaster broadcaster =
                before != null && before.isOwn() == own ? before : broadcaster(request, filters, syscalls);
        transport.readyHandler(broadcaster::wake);
        if (request.getProcessEvents() && !broadcaster.capture().processEvents()) {
            throw Requests.refuse(Status.FAILED_PRECONDITION, Broadcaster.NO_PROCESSES);
        }
        Subscription subscription =
                new Subscription(broadcaster, transport, options, matcher, request.getEnterEvents());
        if (broadcaster == before) {
            Requests.argument(() -> subscription.restore(token));
            if (own) {
                keepFilters(broadcaster, filters);
            }
        }
        // The subscription is registered first: once attached, the subscriber may learn its id, and ask for its
        // statistics.
        subscriptions.put(subscription.id(), subscription);
        try {
            broadcaster.attach(subscription);
        } catch (RuntimeException e) {
            gone(subscription);
            throw e;
        }
        return subscription;
    }

    private FilterMatcher matcher(EventFilters filters) {
        return matcher(filters, Broadcaster.NO_EXECUTABLES);
    }

    /** Returns what applies filters to events, and refuses those by executable. */
    private FilterMatcher matcher(EventFilters filters, String refusal) {
        if (!filters.executables().isEmpty()) {
            throw Requests.refuse(Status.FAILED_PRECONDITION, refusal);
        }
        return new FilterMatcher(filters, cgroups);
    }

    /** Makes an own capture's filters those of its subscriber, who may not know how its last change ended. */
    private static void keepFilters(Broadcaster broadcaster, EventFilters filters) {
        var capture = broadcaster.capture();
        if (capture.capabilities().has(Feature.LIVE_FILTERS)
                && !capture.filters().equals(filters)) {
            capture.filterBy(filters);
        }
    }

    private Broadcaster broadcaster(SubscribeRequest request, EventFilters filters, Set<Syscall> syscalls) {
        if (!request.hasOwnCapture()) {
            return shared();
        }
        if (!captures.allowsOwn()) {
            throw Requests.refuse(
                    Status.FAILED_PRECONDITION,
                    "this server has no captures for single subscribers; start it with --own-captures, or do without");
        }
        try {
            return captures.open(config -> Requests.apply(request.getOwnCapture(), filters, syscalls, request, config));
        } catch (IllegalStateException e) {
            throw Requests.refuse(Status.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()));
        } catch (InvalidConfigException e) {
            throw Requests.refuse(Status.INVALID_ARGUMENT, String.join("; ", e.problems()));
        } catch (CaptureException e) {
            throw Requests.refuse(Status.FAILED_PRECONDITION, String.valueOf(e.getMessage()));
        }
    }

    private Broadcaster shared() {
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
                Driver driver = captures.driver();
                Capabilities offered = Broadcaster.watching(captures.config().syscalls(), driver.capabilities());
                return message.setCapabilities(CapabilitiesCodec.encode(driver.name(), offered))
                        .build();
            }
            var capture = shared().capture();
            Capabilities capabilities = shared().capabilities();
            for (Feature filter : FILTERS) {
                if (capabilities.has(filter)) {
                    capabilities = capabilities.without(
                            filter,
                            "the server filters what a shared capture has seen; with unraced.remote.own-capture = on"
                                    + " the source does");
                }
            }
            if (capabilities.has(Feature.RATE_LIMITS)) {
                capabilities = capabilities.without(
                        Feature.RATE_LIMITS,
                        "the limits of a shared capture are the server's; with unraced.remote.own-capture = on they are"
                                + " the subscriber's");
            }
            if (capabilities.has(Feature.LIVE_SWITCH) && !access.mayControl(PeerAuthorization.current())) {
                capabilities = capabilities.without(
                        Feature.LIVE_SWITCH,
                        PeerAuthorization.current().describe() + " may not change the mode of the shared capture");
            }
            return message.setCapabilities(CapabilitiesCodec.encode(capture.driver(), capabilities))
                    .setStats(stats(shared()))
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
            Broadcaster broadcaster = controlled(request.getSubscriptionId());
            broadcaster.capture().switchTo(mode);
            LOG.info("{} sets mitigation {}", PeerAuthorization.current().describe(), mode);
            return SetMitigationResponse.newBuilder()
                    .setMitigation(Codes.encode(broadcaster.capture().mitigation()))
                    .build();
        });
    }

    @Override
    public void setEnterEvents(SetEnterEventsRequest request, StreamObserver<SetEnterEventsResponse> response) {
        answer(response, () -> {
            boolean publish = request.getEnterEvents();
            Broadcaster broadcaster = controlled(request.getSubscriptionId());
            Subscription subscription = subscriptions.get(request.getSubscriptionId());
            if (publish && subscription != null) {
                subscription.wantsEnterEvents(true);
            }
            broadcaster.capture().publishEnterEvents(publish);
            return SetEnterEventsResponse.newBuilder()
                    .setEnterEvents(broadcaster.capture().enterEvents())
                    .build();
        });
    }

    /** A subscriber may change its own capture; the shared capture needs permission. */
    private Broadcaster controlled(ByteString id) {
        Broadcaster broadcaster = id.isEmpty() ? shared() : find(id).broadcaster();
        if (!broadcaster.isOwn() && !access.mayControl(PeerAuthorization.current())) {
            throw Requests.refuse(
                    Status.PERMISSION_DENIED,
                    PeerAuthorization.current().describe()
                            + " may not change the mode and the filters of the shared capture");
        }
        return broadcaster;
    }

    @Override
    public void setFilters(SetFiltersRequest request, StreamObserver<SetFiltersResponse> response) {
        answer(response, () -> {
            Requests.checkKnown(request);
            EventFilters filters = Requests.filters(request.getFilters(), limits.filterValues());
            ByteString id = request.getSubscriptionId();
            if (id.isEmpty()) {
                controlled(id).capture().filterBy(filters);
                LOG.info("{} sets filters {}", PeerAuthorization.current().describe(), filters);
            } else {
                change(find(id), filters);
            }
            return SetFiltersResponse.getDefaultInstance();
        });
    }

    /** A change can wait for its subscriber, or for the kernel. Half of the threads stay for all other calls. */
    private void change(Subscription subscription, EventFilters filters) {
        if (!changes.tryAcquire()) {
            throw Requests.refuse(
                    Status.RESOURCE_EXHAUSTED, "this server changes the filters of other subscribers now");
        }
        try {
            Broadcaster broadcaster = subscription.broadcaster();
            if (broadcaster.isOwn()) {
                broadcaster.capture().filterBy(filters);
            } else if (!subscription.filterBy(matcher(filters))) {
                throw Requests.refuse(
                        Status.RESOURCE_EXHAUSTED,
                        "the subscriber has not taken the events before its last changes of filters");
            }
        } finally {
            changes.release();
        }
    }

    @Override
    public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> response) {
        answer(
                response,
                () -> GetStatsResponse.newBuilder()
                        .setStats(
                                request.getSubscriptionId().isEmpty()
                                        ? stats(shared())
                                        : find(request.getSubscriptionId()).stats())
                        .build());
    }

    @Override
    public void unsubscribe(UnsubscribeRequest request, StreamObserver<UnsubscribeResponse> response) {
        answer(response, () -> {
            Subscription subscription = find(request.getSubscriptionId());
            Stats stats = subscription.finish();
            captures.close(subscription.broadcaster());
            return UnsubscribeResponse.newBuilder().setStats(stats).build();
        });
    }

    private Subscription find(ByteString id) {
        Subscription subscription = subscriptions.get(id);
        if (subscription == null) {
            throw Requests.refuse(Status.NOT_FOUND, "there is no such subscription");
        }
        return subscription;
    }

    /** Returns the statistics of a capture itself. */
    private static Stats stats(Broadcaster broadcaster) {
        CaptureStats stats = broadcaster.stats();
        return Stats.newBuilder()
                .setReturned(stats.returned())
                .setEntered(stats.entered())
                .setProcessEvents(stats.processEvents())
                .setSubmitted(stats.delivered())
                .putAllLost(StatsCodec.encode(stats.lost()))
                .putAllFiltered(StatsCodec.encode(stats.filtered()))
                .setWakeups(stats.wakeups())
                .setRingBytes(stats.ringBytes())
                .setStashBytes(stats.stashBytes())
                .setStash(StatsCodec.encode(stats.stash()))
                .setCopiesMissed(stats.copiesMissed())
                .addAllHeaviest(StatsCodec.encode(stats.heaviest()))
                .setMitigation(Codes.encode(broadcaster.capture().mitigation()))
                .setEnterEvents(broadcaster.capture().enterEvents())
                .setSubscribers(broadcaster.subscribers())
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
