// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import com.google.protobuf.ByteString;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordView;
import dev.unraced.protocol.CapabilitiesCodec;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.EventCodec;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.StatsCodec;
import dev.unraced.protocol.v1.Cursor;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.End;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.Started;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.server.linux.BootClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One subscription: its position in the broadcaster's ring, its filters, and its statistics. The broadcaster's
 * dispatcher pumps it; any thread may call the other methods.
 */
public final class Subscription {
    /** The most bytes that are read in one step, which is the largest batch. */
    static final int MAX_COPY = Protocol.MAX_BATCH;

    private static final int MIN_COPY = 64 << 10;
    /** A backlog of this many bytes is worth a message of its own. */
    private static final int WORTHWHILE = 64 << 10;
    /** The time that a smaller backlog waits for more, for each subscriber that the dispatcher serves. */
    private static final long LINGER_NANOS = 250_000;

    private static final long MAX_LINGER_NANOS = 20_000_000;
    private static final long STATS_NANOS = 1_000_000_000;
    /** The most changes of filters that wait for the events before them, and the time that a further one waits. */
    private static final int MAX_CHANGES = 16;

    private static final long CHANGE_NANOS = 1_000_000_000;

    private final ByteString id = Broadcaster.randomId();
    private final Broadcaster broadcaster;
    private final Transport transport;
    private final Options options;
    private final EventSelection selection;
    private final RecordView view = new RecordView();
    private final ProcessRecordView processView = new ProcessRecordView();
    private final SequenceRenumberer sequences;
    private BroadcastRing.Cursor cursor = new BroadcastRing.Cursor();
    private long accepted;
    /** While changes are left: the number of records in the ring before the one that is judged next. */
    private long judged;
    /** The records of living processes that were not sent yet. */
    private final Deque<byte[]> aliveToSend = new ArrayDeque<>();
    /** The number of living processes when the subscription began, and of those that were or will be sent. */
    private long alive;

    private long aliveSubmitted;
    private StatsBaseline baseline = StatsBaseline.ZERO;
    private boolean resumed;
    private boolean started;
    private boolean finished;
    private long lastSent = System.nanoTime();
    private long lastStats = System.nanoTime();
    private volatile @Nullable Stats finalStats;
    private final AtomicLong copies = new AtomicLong();
    /** The changes of filters at which the cursor has not arrived. */
    private final Deque<Change> changes = new ArrayDeque<>();
    /** Set while a change of filters waits, so that one subscriber has one thread of the server wait. */
    private final AtomicBoolean changing = new AtomicBoolean();

    /** Other filters, from a record of the ring on. */
    private record Change(long ordinal, FilterMatcher matcher) {}

    /**
     * A subscriber asked for these events.
     *
     * @param payload records or messages
     * @param syscalls the watched calls
     * @param processEvents whether the subscriber wants process events
     * @param hiddenTgid the subscriber's own thread group, whose calls are left out; 0 for none
     * @param maxBatch largest batch in bytes
     */
    public record Options(
            Payload payload, Set<Syscall> syscalls, boolean processEvents, int hiddenTgid, int maxBatch) {}

    /** The transport to the subscriber. */
    public interface Transport {
        /** Returns whether the transport takes another message without queueing it. */
        boolean isReady();

        /** Returns whether the subscriber has gone, so that nothing reaches it any more. */
        boolean isCancelled();

        /** Sends a message; the dispatcher calls this, and must not be blocked. */
        void send(Delivery delivery);

        /** Ends the stream in order. */
        void complete();

        /** Ends the stream with a reason, which a gRPC status carries as it is. Does not throw. */
        void fail(Throwable reason);
    }

    /**
     * Makes a subscription that {@link Broadcaster#attach} begins.
     *
     * @param matcher the filters of the subscriber
     * @param wantsEnterEvents true if the subscriber wants enter events
     */
    public Subscription(
            Broadcaster broadcaster,
            Transport transport,
            Options options,
            FilterMatcher matcher,
            boolean wantsEnterEvents) {
        this.broadcaster = broadcaster;
        this.transport = transport;
        this.options = options;
        this.selection = new EventSelection(options, matcher, wantsEnterEvents);
        this.sequences = new SequenceRenumberer(broadcaster.isOwn());
    }

    /** Returns the id of the subscription, which only its subscriber knows. */
    public ByteString id() {
        return id;
    }

    /** Returns the broadcaster of the capture. */
    public Broadcaster broadcaster() {
        return broadcaster;
    }

    /** Chooses whether enter events are delivered from now on. */
    public void wantsEnterEvents(boolean wanted) {
        selection.wantsEnterEvents(wanted);
    }

    /**
     * Judges the events of calls that have not returned yet by other filters, and those before by the earlier ones,
     * also where they are still to be sent.
     *
     * @return false, with nothing changed, when the subscriber is too slow: several changes before wait for events that
     *     it has to take, or another change is under way
     */
    public boolean filterBy(FilterMatcher next) {
        if (!changing.compareAndSet(false, true)) {
            return false;
        }
        try {
            return change(next);
        } finally {
            changing.set(false);
        }
    }

    private boolean change(FilterMatcher next) {
        long from = broadcaster.catchUp();
        long begun = System.nanoTime();
        while (!note(new Change(from, next))) {
            if (System.nanoTime() - begun > CHANGE_NANOS) {
                return false;
            }
            LockSupport.parkNanos(LINGER_NANOS);
        }
        return true;
    }

    private synchronized boolean note(Change change) {
        Change last = changes.peekLast();
        if (last != null && last.ordinal() == change.ordinal()) {
            changes.removeLast();
        }
        return changes.size() < MAX_CHANGES && changes.add(change);
    }

    /** Starts a subscription. Runs on the broadcaster's consumer, while no event is between capture and ring. */
    synchronized void begin(BroadcastRing.Cursor from, CaptureStats stats, long processEvents, List<byte[]> living) {
        cursor = from;
        baseline = StatsBaseline.of(stats, processEvents);
        if (options.processEvents()) {
            living.forEach(aliveToSend::add);
            alive = living.size();
            aliveSubmitted = alive;
        }
    }

    /**
     * Restores position and statistics from a resume token: once attached, the subscription continues there.
     *
     * @return whether the token is one of this capture; otherwise nothing changes
     * @throws IllegalArgumentException when the token names this capture, but its signature is wrong
     */
    public boolean restore(ByteString token) {
        Optional<Cursor> state = broadcaster.tokens().read(token);
        state.ifPresent(this::restore);
        return state.isPresent();
    }

    private synchronized void restore(Cursor token) {
        accepted = token.getAccepted();
        selection.read(token);
        sequences.read(token);
        baseline = StatsBaseline.of(token.getBase());
        BroadcastRing.Cursor from = new BroadcastRing.Cursor();
        from.position = token.getPosition();
        from.ordinal = token.getOrdinal();
        // Nobody keeps the living processes for a subscriber that does not come to the end of them.
        alive = token.getAlive();
        aliveSubmitted = token.getAliveSent();
        from.missed = token.getLost() + token.getAliveWaiting();
        cursor = from;
        resumed = true;
    }

    /** Returns whether the subscription continues an earlier one. */
    synchronized boolean isResumed() {
        return resumed;
    }

    /** Returns whether there are events that only wait for a larger batch. */
    boolean isWaiting() {
        return !finished && transport.isReady() && broadcaster.ring().head() > cursor.position;
    }

    /**
     * Sends the backlog, if the subscriber can take it.
     *
     * @param count the number of subscribers that the dispatcher serves
     * @return whether records were read or the stream began
     */
    synchronized boolean pump(byte[] scratch, int count) {
        if (finished || transport.isCancelled()) {
            broadcaster.detach(this);
            return false;
        }
        if (!transport.isReady()) {
            return false;
        }
        long now = System.nanoTime();
        if (!started) {
            start();
            return true;
        }
        if (!aliveToSend.isEmpty()) {
            sendAlive(now);
            return true;
        }
        boolean ended = broadcaster.isEnded();
        long backlog = broadcaster.ring().head() - cursor.position;
        if (backlog > 0 && (ended || backlog >= WORTHWHILE || now - lastSent >= linger(count))) {
            return read(scratch, now);
        }
        if (backlog == 0 && ended) {
            end();
        } else if (now - lastStats >= STATS_NANOS) {
            lastStats = now;
            send(Delivery.newBuilder().setStats(stats()), now);
        }
        return false;
    }

    private static long linger(int count) {
        return Math.min(MAX_LINGER_NANOS, LINGER_NANOS * count);
    }

    private void start() {
        started = true;
        var capture = broadcaster.capture();
        Started.Builder message = Started.newBuilder()
                .setProtocol(Protocol.VERSION)
                .setRecordVersion(RecordLayout.VERSION)
                .setSubscriptionId(id)
                .setCaptureId(broadcaster.id())
                .setResumed(resumed)
                .setCapabilities(CapabilitiesCodec.encode(capture.driver(), broadcaster.capabilities()));
        send(Delivery.newBuilder().setStarted(message).setStats(stats()), System.nanoTime());
    }

    /** Sends a batch of the living processes. */
    private void sendAlive(long now) {
        ByteString.Output records = ByteString.newOutput();
        Delivery.Builder delivery = Delivery.newBuilder();
        int limit = Math.max(MIN_COPY, options.maxBatch());
        int count = 0;
        for (int bytes = 0; bytes < limit && !aliveToSend.isEmpty(); count++) {
            byte[] record = aliveToSend.remove();
            bytes += record.length;
            if (options.payload() == Payload.PAYLOAD_RECORDS) {
                records.write(record, 0, record.length);
            } else {
                ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
                delivery.addEvents(EventCodec.encode(processView.wrap(buffer, 0)));
            }
        }
        send(delivery.setRecords(records.toByteString()).setCount(count), now);
    }

    private void end() {
        finished = true;
        if (broadcaster.isStopping()) {
            send(Delivery.newBuilder().setStats(stats()), System.nanoTime());
            broadcaster.detach(this);
            transport.fail(new IllegalStateException("the server is stopping"));
            return;
        }
        Throwable failure = broadcaster.failure();
        String why = failure == null ? "" : String.valueOf(failure.getMessage());
        send(Delivery.newBuilder().setStats(stats()).setEnd(End.newBuilder().setFailure(why)), System.nanoTime());
        broadcaster.detach(this);
        transport.complete();
    }

    private boolean read(byte[] scratch, long now) {
        int limit = Math.min(scratch.length, Math.max(MIN_COPY, options.maxBatch()));
        int bytes = broadcaster.ring().read(cursor, scratch, limit);
        if (bytes == 0) {
            return false;
        }
        judged = changes.isEmpty() ? 0 : cursor.ordinal - records(scratch, bytes);
        Delivery.Builder delivery = Delivery.newBuilder();
        if (options.payload() == Payload.PAYLOAD_RECORDS) {
            select(scratch, bytes, delivery);
        } else {
            translate(scratch, bytes, delivery);
        }
        if (delivery.getCount() > 0) {
            send(delivery, now);
        } else {
            lastSent = now;
        }
        return true;
    }

    private static int records(byte[] scratch, int bytes) {
        ByteBuffer records = ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN);
        int count = 0;
        for (int at = 0; at < bytes; at += records.getInt(at + RecordLayout.LENGTH)) {
            count++;
        }
        return count;
    }

    /** Puts the filters into force that were changed to before the next record was there. */
    private void applyChanges() {
        for (Change next = changes.peek(); next != null && next.ordinal() <= judged; next = changes.peek()) {
            selection.filterBy(next.matcher());
            changes.remove();
        }
        judged++;
    }

    /** Moves the records that pass the filters to the front. */
    private void select(byte[] scratch, int bytes, Delivery.Builder delivery) {
        ByteBuffer records = ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN);
        int kept = 0;
        int count = 0;
        int length;
        for (int at = 0; at < bytes; at += length) {
            length = records.getInt(at + RecordLayout.LENGTH);
            if (passes(records, at)) {
                if (kept != at) {
                    System.arraycopy(scratch, at, scratch, kept, length);
                }
                kept += length;
                count++;
            }
        }
        accepted += count;
        delivery.setRecords(ByteString.copyFrom(scratch, 0, kept)).setCount(count);
    }

    private void translate(byte[] scratch, int bytes, Delivery.Builder delivery) {
        ByteBuffer records = ByteBuffer.wrap(scratch, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
        int count = 0;
        int length;
        for (int at = 0; at < bytes; at += length) {
            length = records.getInt(at + RecordLayout.LENGTH);
            if (passes(records, at)) {
                delivery.addEvents(
                        ProcessRecordView.isAt(records, at) ? EventCodec.encode(processView) : EventCodec.encode(view));
                count++;
            }
        }
        accepted += count;
        delivery.setCount(count);
    }

    /** Points a view at a record. Returns whether the subscriber gets it, with its own number then. */
    private boolean passes(ByteBuffer records, int at) {
        if (!changes.isEmpty()) {
            applyChanges();
        }
        boolean process = ProcessRecordView.isAt(records, at);
        boolean passes =
                process ? selection.accepts(processView.wrap(records, at)) : selection.accepts(view.wrap(records, at));
        int source = process ? processView.source() : view.source();
        long sequence = process ? processView.sequence() : view.sequence();
        if (passes) {
            records.putLong(at + RecordLayout.SEQUENCE, sequences.of(source, sequence));
        } else if (!process || options.processEvents()) {
            sequences.leaveOut(source, sequence);
        }
        return passes;
    }

    private void send(Delivery.Builder delivery, long now) {
        lastSent = now;
        transport.send(
                delivery.setResumeToken(broadcaster.tokens().write(token())).build());
    }

    private Cursor token() {
        Cursor.Builder token = Cursor.newBuilder()
                .setCaptureId(broadcaster.id())
                .setPosition(cursor.position)
                .setOrdinal(cursor.ordinal)
                .setAccepted(accepted)
                .setLost(cursor.missed)
                .setAlive(alive)
                .setAliveSent(aliveSubmitted - aliveToSend.size())
                .setAliveWaiting(aliveToSend.size())
                .setBase(baseline.message());
        selection.write(token);
        sequences.write(token);
        return token.build();
    }

    /** Returns the statistics of this subscription up to now, or up to its end. */
    public Stats stats() {
        Stats last = finalStats;
        return last != null ? last : live().build();
    }

    /** Ends the subscription, and freezes its statistics. */
    public Stats finish() {
        broadcaster.detach(this);
        synchronized (this) {
            finished = true;
        }
        if (broadcaster.isOwn()) {
            broadcaster.close();
        }
        Stats.Builder message = live();
        settle(message);
        if (!broadcaster.isOwn()) {
            message.setStash(StatsCodec.encode(leave(StatsCodec.decode(message.getStash()))));
        }
        Stats last = message.build();
        finalStats = last;
        return last;
    }

    /**
     * Balances statistics that are the last ones. Calls that returned, but are still on their way in a shared capture,
     * count as submitted, and so as this subscriber's loss. A capture under way reads its counters one after the other,
     * so a call can count as submitted already, and as returned not yet.
     */
    private static void settle(Stats.Builder message) {
        long early = message.getSubmitted() - StatsCodec.expected(message);
        if (early > 0) {
            message.setReturned(message.getReturned() + early);
        } else {
            message.setSubmitted(message.getSubmitted() - early);
        }
    }

    /** Leaves out entries in a shared capture's stash, which do not belong to the leaving subscriber. */
    private static StashStats leave(StashStats stash) {
        return stash.toBuilder()
                .puts(stash.puts() - stash.live() - stash.imbalance())
                .live(0)
                .build();
    }

    private Stats.Builder live() {
        // The ordinal is taken first: statistics with a higher one were then read later.
        Stats.Builder message =
                Stats.newBuilder().setOrdinal(copies.incrementAndGet()).setTimeNs(BootClock.nanos());
        long ordinal;
        long passed;
        long lost;
        long processes;
        StatsBaseline since;
        synchronized (this) {
            long missing = broadcaster.ring().missed(cursor);
            ordinal = broadcaster.ring().ordinal();
            passed = accepted + aliveSubmitted + Math.max(0, ordinal - cursor.ordinal - missing);
            lost = cursor.missed + missing;
            selection.addFiltered(message);
            since = baseline;
            processes = alive - since.processEvents() - selection.hiddenProcesses();
            message.setReturned(-since.calls() - selection.hiddenCalls())
                    .setEntered(-since.enterEvents() - selection.hiddenEnterEvents());
        }
        // The capture's statistics are read last: events that arrive in between then count as pending, never as
        // negative.
        CaptureStats stats = broadcaster.stats();
        since.addSince(stats, message);
        if (lost > 0) {
            message.putLost(
                    LossReason.QUEUE_FULL.name(), message.getLostOrDefault(LossReason.QUEUE_FULL.name(), 0) + lost);
        }
        processes = Math.max(0, processes + stats.processEvents());
        // A subscriber without process events may miss some of them before they are left out, and knows no such field.
        return message.setReturned(message.getReturned() + stats.returned() + (options.processEvents() ? 0 : processes))
                .setProcessEvents(options.processEvents() ? processes : 0)
                .setEntered(message.getEntered() + stats.entered())
                .setSubmitted(passed + broadcaster.underWay(stats, ordinal))
                .setWakeups(stats.wakeups())
                .setRingBytes(stats.ringBytes())
                .setStashBytes(stats.stashBytes())
                .setStash(StatsCodec.encode(stats.stash()))
                .setCopiesMissed(stats.copiesMissed())
                .setMitigation(Codes.encode(broadcaster.capture().mitigation()))
                .setEnterEvents(
                        selection.wantsEnterEvents() && broadcaster.capture().enterEvents())
                .setSubscribers(broadcaster.subscribers());
    }

    /** Ends a subscription whose transport is broken. */
    void fail(Throwable reason) {
        synchronized (this) {
            finished = true;
        }
        transport.fail(reason);
    }
}
