// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import com.google.protobuf.ByteString;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.Gap;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.protocol.CapabilitiesCodec;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.FiltersCodec;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.GetStatsRequest;
import dev.unraced.protocol.v1.SetEnterEventsRequest;
import dev.unraced.protocol.v1.SetFiltersRequest;
import dev.unraced.protocol.v1.SetMitigationRequest;
import dev.unraced.protocol.v1.Started;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedGrpc;
import dev.unraced.protocol.v1.UnsubscribeRequest;
import dev.unraced.remote.CumulativeStats.Connection;
import dev.unraced.ring.Naps;
import dev.unraced.ring.RingWriter;
import dev.unraced.ring.SourceStats;
import dev.unraced.ring.UserSource;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription as a source of records. One thread receives deliveries, writes their records into the ring, and
 * connects again when the connection breaks.
 */
final class RemoteSource extends UserSource {
    /** The length of the shortest record. */
    private static final int SHORTEST = Math.min(RecordLayout.FIXED_SIZE, ProcessLayout.FIRST_FIXED_SIZE);
    /** The number of records that a message can have; what a server counts beyond it is not believed. */
    private static final int MOST_RECORDS = Protocol.MAX_DELIVERY / SHORTEST;

    private static final Logger LOG = LoggerFactory.getLogger(RemoteSource.class);
    private static final long FULL_NAP_NANOS = 100_000;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long ASK_SECONDS = 5;
    private static final long END_NAP_NANOS = 1_000_000;
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The number of connections that may break before the server has answered for the first time. */
    private static final int FIRST_TRIES = 8;

    private final RemoteSettings settings;
    private final boolean processEvents;
    private final RingWriter ring;
    private final Link link;
    private final Thread thread = new Thread(this::run, "unraced-remote");
    private final CompletableFuture<Started> first = new CompletableFuture<>();
    private final CumulativeStats cumulative = new CumulativeStats();

    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable ManagedChannel channel;
    private volatile @Nullable Started session;
    private Wanted wanted;
    private ByteString token = ByteString.EMPTY;
    private ByteString captureId = ByteString.EMPTY;
    private Stats lastStats = Stats.getDefaultInstance();
    private Connection connection = Connection.THERE;
    private final Outage outage = new Outage(System::nanoTime);
    /** The records of the current capture that arrived, well-formed or not. */
    private long arrived;

    private long malformed;
    /** The connections that broke before the first answer. */
    private int cutFirst;

    /** Set once the server has been told of the end. */
    private volatile boolean finished;
    /** Set once the loss of the connection has been logged. */
    private boolean warned;

    private RemoteSource(RemoteSettings settings, Wanted wanted, RingWriter ring, Link link) {
        this.settings = settings;
        this.wanted = wanted;
        this.processEvents = wanted.request().getProcessEvents();
        this.ring = ring;
        this.link = link;
        thread.setDaemon(true);
    }

    /**
     * Subscribes, and returns when the server has begun to send.
     *
     * @throws CaptureException when the server does not begin in time, or its shared capture is not as wanted
     */
    static RemoteSource start(RemoteSettings settings, Wanted wanted, RingWriter ring) {
        return start(settings, wanted, ring, new Link(settings));
    }

    /** Subscribes by a link that only a test chooses. */
    static RemoteSource start(RemoteSettings settings, Wanted wanted, RingWriter ring, Link link) {
        RemoteSource source = new RemoteSource(settings, wanted, ring, link);
        source.thread.start();
        try {
            source.first.get(settings.patienceMillis(), TimeUnit.MILLISECONDS);
            return source;
        } catch (ExecutionException e) {
            source.abandon();
            throw new CaptureException("driver remote: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            source.abandon();
            throw new CaptureException(
                    "driver remote: "
                            + Refusal.explain(settings.address(), Status.DEADLINE_EXCEEDED)
                                    .describe(),
                    e);
        } catch (InterruptedException e) {
            source.abandon();
            Thread.currentThread().interrupt();
            throw new CaptureException("driver remote: interrupted while connecting", e);
        }
    }

    /** Returns the capabilities of the server's first capture. */
    Capabilities capabilities() {
        return CapabilitiesCodec.decode(first.join().getCapabilities());
    }

    /** Ends without a word to the server. */
    void abandon() {
        stopping = true;
        hangUp();
        release();
    }

    private void run() {
        try {
            keepGoing();
        } catch (RuntimeException | Error e) {
            // Nothing may end this thread in silence: a consumer would wait for ever.
            CaptureException why = new CaptureException("receiving failed: " + e, e);
            first.completeExceptionally(why);
            failure = new CaptureException("driver remote: " + why.getMessage(), e);
            lose();
        } finally {
            ended = true;
            notifier().wake();
        }
    }

    private void keepGoing() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!stopping && !ended) {
            boolean gotThrough = attempt();
            pause = gotThrough ? FIRST_PAUSE_MILLIS : Math.min(settings.maxPauseMillis(), pause * 2);
            if (!stopping && !ended) {
                // The pause is random, so that the many subscribers of a restarted server do not return at the same
                // moment.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(
                        pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1)));
            }
        }
    }

    /** Runs one connection from beginning to end. Returns whether the server began to send. */
    private boolean attempt() {
        ManagedChannel fresh = link.channel();
        channel = fresh;
        boolean gotThrough = false;
        try {
            DeliveryStream stream = DeliveryStream.begin(fresh, request());
            while (!finished && !ended) {
                DeliveryStream.Item item = stream.take();
                Delivery delivery = item.delivery();
                if (delivery == null) {
                    broken(item.end() == null ? Status.UNKNOWN : item.end());
                    break;
                }
                if (stopping) {
                    // The connection stays until the last statistics are there.
                    continue;
                }
                gotThrough = true;
                accept(delivery);
                stream.done();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lose();
            ended = true;
        } finally {
            session = null;
            channel = null;
            Link.end(fresh);
        }
        return gotThrough;
    }

    private synchronized SubscribeRequest request() {
        return wanted.request().toBuilder().setResumeToken(token).build();
    }

    private void broken(Status status) {
        if (ended || stopping) {
            return;
        }
        var why = Refusal.explain(settings.address(), status);
        if (first.isDone()) {
            cut();
        }
        if (!first.isDone() && Refusal.isCut(status) && ++cutFirst < FIRST_TRIES) {
            LOG.debug("The connection broke before an answer, and is made again: {}", why.describe());
        } else if (!first.isDone()) {
            ended = true;
            first.completeExceptionally(new CaptureException(why.describe()));
        } else if (!Refusal.isPassing(status)) {
            failure = new CaptureException("driver remote: " + why.describe());
            lose();
            ended = true;
        } else if (!warned) {
            warned = true;
            LOG.warn("The connection broke, and is made again: {}", why.describe());
        } else {
            LOG.debug("Still no connection: {}", why.describe());
        }
    }

    /** Notes that the connection broke, and is made again. */
    private synchronized void cut() {
        if (connection != Connection.GONE && !stopping) {
            connection = Connection.CUT;
            outage.begin();
        }
    }

    /** Notes that there is no connection any more, and that the server may have counted more than it said. */
    private synchronized void lose() {
        if (connection != Connection.GONE) {
            connection = Connection.GONE;
            outage.end();
        }
    }

    /** Notes that the server's capture has ended, and that these statistics are its last ones. */
    private synchronized void end() {
        connection = Connection.GONE;
        ended = true;
    }

    private void accept(Delivery delivery) {
        if (delivery.hasStarted()) {
            if (!begin(delivery.getStarted(), delivery.getStats())) {
                return;
            }
        }
        int written = delivery.getRecords().isEmpty() ? 0 : write(delivery.getRecords(), delivery.getCount());
        synchronized (this) {
            arrived += written;
            if (delivery.hasStats()) {
                learn(delivery.getStats());
            }
            if (!delivery.getResumeToken().isEmpty()) {
                token = delivery.getResumeToken();
            }
        }
        if (delivery.hasStarted()) {
            first.complete(delivery.getStarted());
        }
        if (delivery.hasEnd()) {
            String why = delivery.getEnd().getFailure();
            failure = why.isEmpty() ? null : new CaptureException("the server's capture failed: " + why);
            end();
        }
    }

    /** Begins with a server, and returns whether its records count. */
    private synchronized boolean begin(Started started, Stats stats) {
        if (stopping) {
            // The statistics of the server before stay the last ones.
            return false;
        }
        if (!captureId.isEmpty() && !started.getResumed()) {
            Gap gap = cumulative.fold(lastStats, arrived, stats);
            arrived = 0;
            LOG.warn(
                    "The server began anew, in mode {} ({} times so far): the statistics do not cover the {} s before, and"
                            + " {} events were lost in all",
                    mode(stats).name().toLowerCase(Locale.ROOT),
                    cumulative.restarts(),
                    String.format(Locale.ROOT, "%.3f", gap.nanos() / 1e9),
                    cumulative.total(stats, 0, malformed, Connection.THERE).lost().values().stream()
                            .mapToLong(Long::longValue)
                            .sum());
        } else if (warned) {
            LOG.info("The connection is there again");
        }
        warned = false;
        captureId = started.getCaptureId();
        lastStats = stats;
        connection = Connection.THERE;
        outage.learned();
        outage.clear();
        session = started;
        String objection = started.getResumed() ? null : objection(started, stats);
        if (objection != null) {
            // A server that begins anew in a weaker mode, or with fewer calls, must not pass for the one that was
            // there.
            failure = new CaptureException("driver remote: " + objection);
            connection = Connection.GONE;
            ended = true;
            first.completeExceptionally(new CaptureException(objection));
        }
        return objection == null;
    }

    private @Nullable String objection(Started started, Stats stats) {
        String objection = wanted.objection(stats);
        if (objection != null || !first.isDone()) {
            return objection;
        }
        Capabilities before = capabilities();
        Capabilities now = CapabilitiesCodec.decode(started.getCapabilities());
        List<Syscall> missing = Stream.of(Syscall.values())
                .filter(call -> before.has(call) && !now.has(call))
                .toList();
        return missing.isEmpty()
                ? null
                : "the server that began anew does not watch " + Codes.names(missing)
                        + " any more. Have its operator watch them, or open a capture of what it watches now.";
    }

    /** Writes the records of a batch into the ring as its reader makes room, and returns their number. */
    private int write(ByteString records, int count) {
        ByteBuffer buffer = records.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int size = buffer.remaining();
        int seen = 0;
        int at = 0;
        while (size - at >= SHORTEST && !stopping) {
            int length = buffer.getInt(at + RecordLayout.LENGTH);
            // The ring's reader finds out whether the record is well-formed; here its length only has to fit.
            if (length < SHORTEST
                    || length > size - at
                    || length > ProcessEncoder.MAX_SIZE
                    || length % RecordLayout.ALIGNMENT != 0) {
                break;
            }
            while (!ring.writeIfRoom(buffer, at, length) && !stopping) {
                notifier().notifyReader();
                LockSupport.parkNanos(FULL_NAP_NANOS);
            }
            at += length;
            seen++;
        }
        notifier().notifyReader();
        // Records that the server counted but did not send are missing.
        int missing = stopping ? 0 : Math.max(0, Math.min(count, MOST_RECORDS) - seen);
        int extra = at < size && missing == 0 && !stopping ? 1 : 0;
        if (missing + extra > 0) {
            synchronized (this) {
                malformed += missing + extra;
            }
        }
        return seen + missing + extra;
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public Mitigation mitigation() {
        refresh();
        synchronized (this) {
            return mode(lastStats);
        }
    }

    /** Returns the mode in the statistics. */
    static Mitigation mode(Stats stats) {
        try {
            return Codes.decode(stats.getMitigation());
        } catch (IllegalArgumentException e) {
            // A later version's mode has no name here; this mode is the closest.
            return Mitigation.STASH;
        }
    }

    @Override
    public void switchTo(Mitigation mode) {
        change(
                before -> before.withMode(mode),
                (stub, id) -> stub.setMitigation(SetMitigationRequest.newBuilder()
                        .setMitigation(Codes.encode(mode))
                        .setSubscriptionId(id)
                        .build()));
    }

    @Override
    public synchronized EventFilters filters() {
        return FiltersCodec.decode(wanted.request().getFilters());
    }

    @Override
    public void filterBy(EventFilters filters) {
        change(
                before -> before.withFilters(filters),
                (stub, id) -> stub.setFilters(SetFiltersRequest.newBuilder()
                        .setFilters(FiltersCodec.encode(filters))
                        .setSubscriptionId(id)
                        .build()));
    }

    /** Changes what this subscriber wants, and asks the server for it. */
    private void change(
            UnaryOperator<Wanted> change, BiFunction<UnracedGrpc.UnracedBlockingStub, ByteString, ?> question) {
        Wanted before;
        synchronized (this) {
            before = wanted;
            // A connection that is made again meanwhile asks for the change, too.
            wanted = change.apply(before);
        }
        try {
            ask(question);
        } catch (CaptureException e) {
            synchronized (this) {
                wanted = before;
            }
            if (!isRefusal(e)) {
                breakConnection();
            }
            throw e;
        }
    }

    /**
     * Returns whether the server has answered that it changed nothing. A subscription that it does not know any more is
     * no such answer: the next one may have begun already, with the new filters.
     */
    private static boolean isRefusal(CaptureException e) {
        return e.getCause() instanceof StatusRuntimeException cause
                && switch (cause.getStatus().getCode()) {
                    case INVALID_ARGUMENT, FAILED_PRECONDITION, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNIMPLEMENTED ->
                        true;
                    default -> false;
                };
    }

    /** Breaks the connection; the next one tells the server what holds. */
    private void breakConnection() {
        ManagedChannel now = channel;
        if (now != null) {
            now.shutdownNow();
        }
    }

    @Override
    public boolean enterEvents() {
        refresh();
        synchronized (this) {
            return lastStats.getEnterEvents();
        }
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        change(
                before -> before.withEnterEvents(publish),
                (stub, id) -> stub.setEnterEvents(SetEnterEventsRequest.newBuilder()
                        .setEnterEvents(publish)
                        .setSubscriptionId(id)
                        .build()));
    }

    @Override
    public boolean processEvents() {
        return processEvents;
    }

    private ByteString subscriptionId() {
        Started now = session;
        return now == null ? ByteString.EMPTY : now.getSubscriptionId();
    }

    /**
     * Asks the server something with the id of the subscription. The connection can break meanwhile, so the id is taken
     * once: without one, a request would be about the shared capture.
     */
    private <T> T ask(BiFunction<UnracedGrpc.UnracedBlockingStub, ByteString, T> question) {
        ManagedChannel now = channel;
        Started started = session;
        if (now == null || started == null) {
            throw new CaptureException("driver remote: there is no connection to " + settings.address() + " now");
        }
        try {
            return question.apply(stub(now), started.getSubscriptionId());
        } catch (StatusRuntimeException e) {
            throw new CaptureException(
                    "driver remote: "
                            + Refusal.explain(settings.address(), e.getStatus()).describe(),
                    e);
        }
    }

    private static UnracedGrpc.UnracedBlockingStub stub(ManagedChannel channel) {
        return UnracedGrpc.newBlockingStub(channel).withDeadlineAfter(ASK_SECONDS, TimeUnit.SECONDS);
    }

    /** Asks for the statistics, and returns whether the server answers; if not, the last ones stay. */
    private boolean refresh() {
        ManagedChannel now = channel;
        Started started = session;
        if (now == null || started == null || finished) {
            return false;
        }
        try {
            Stats stats = stub(now)
                    .getStats(GetStatsRequest.newBuilder()
                            .setSubscriptionId(started.getSubscriptionId())
                            .build())
                    .getStats();
            synchronized (this) {
                if (started.getSubscriptionId().equals(subscriptionId())) {
                    learn(stats);
                    return true;
                }
            }
        } catch (StatusRuntimeException e) {
            LOG.debug("The server does not report its statistics", e);
        }
        return false;
    }

    /** Statistics that arrive with records may be older than those that a caller has asked for meanwhile. */
    private synchronized void learn(Stats stats) {
        if (stats.getOrdinal() >= lastStats.getOrdinal()) {
            lastStats = stats;
            outage.learned();
        }
    }

    @Override
    public SourceStats stats() {
        boolean answers = refresh() || finished;
        synchronized (this) {
            // A connection can be broken before its thread has noticed.
            return cumulative.total(
                    lastStats,
                    arrived,
                    malformed,
                    connection == Connection.THERE && !answers ? Connection.CUT : connection);
        }
    }

    @Override
    public synchronized List<Gap> gaps() {
        List<Gap> gaps = new ArrayList<>(cumulative.gaps());
        outage.gap(lastStats).ifPresent(gaps::add);
        return List.copyOf(gaps);
    }

    @Override
    public void stop() {
        ManagedChannel now = channel;
        Started started = session;
        stopping = true;
        boolean said = false;
        if (now != null && started != null) {
            try {
                Stats stats = stub(now)
                        .unsubscribe(UnsubscribeRequest.newBuilder()
                                .setSubscriptionId(started.getSubscriptionId())
                                .build())
                        .getStats();
                synchronized (this) {
                    learn(stats);
                }
                said = true;
            } catch (StatusRuntimeException e) {
                LOG.debug("The server does not report its last statistics", e);
            }
        }
        if (!said) {
            lose();
        }
        finished = true;
        hangUp();
    }

    /** Breaks the connection until the thread has ended, which may have begun to make another one. */
    private void hangUp() {
        Naps.until(
                () -> {
                    breakConnection();
                    LockSupport.unpark(thread);
                    return !thread.isAlive();
                },
                END_NAP_NANOS,
                END_NANOS);
    }

    @Override
    public void release() {
        link.close();
    }
}
