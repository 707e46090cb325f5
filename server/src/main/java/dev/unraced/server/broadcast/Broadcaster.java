// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import com.google.protobuf.ByteString;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.LossReason;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.ring.UserWakeupNotifier;
import dev.unraced.server.linux.LocalProcesses;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One capture for many subscriptions. One thread moves the capture's events into a broadcast ring, and never waits for
 * a subscriber. Another thread sends batches to those subscriptions whose transport has room.
 *
 * <p>Thread-safe.
 */
public final class Broadcaster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Broadcaster.class);
    private static final int BATCH = 4096;
    private static final long SLICE_NANOS = 20_000_000;
    private static final long NAP_NANOS = 250_000;
    private static final int NAPS = 8;
    private static final long SLEEP_NANOS = 100_000_000;
    private static final long CATCH_UP_NANOS = 1_000_000_000;
    private static final int ID_BYTES = 16;
    private static final String CLOSED = "the capture is closed";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The refusal of a subscriber that asks for the process events of a capture without them. */
    public static final String NO_PROCESSES = "the server's shared capture makes no process events; have its operator"
            + " set unraced.process-events = on, or ask for a capture of your own (unraced.remote.own-capture = on)";

    /** The message to a subscriber that asks for a filter by executable of a shared capture's events. */
    public static final String NO_EXECUTABLES = "the server filters what a shared capture has seen, and no event of a"
            + " call names the file that its caller executes; with unraced.remote.own-capture = on the source filters";

    private static final String NOT_WATCHED =
            "the server does not watch it; unraced.syscalls of the server's configuration leaves it out";

    private final Capture capture;
    private final Set<Syscall> watched;
    private final boolean own;
    private final LivingProcesses living;
    private final EventHandler mover = EventHandler.of(this::move, this::move);
    private final BroadcastRing ring;
    private final ByteString id = randomId();
    private final ResumeTokens tokens = new ResumeTokens(id);
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final UserWakeupNotifier notifier = new UserWakeupNotifier();
    private final Thread consumer = new Thread(this::consume, "unraced-broadcast");
    private final Thread dispatcher = new Thread(this::dispatch, "unraced-dispatch");
    private volatile boolean closing;
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile boolean consumerGone;
    private volatile @Nullable Throwable failure;
    private final List<Runnable> whenOver = new ArrayList<>();
    /** Set when the capture has ended by itself; {@link #whenOver} guards it. */
    private boolean over;
    /** The number of records that were longer than the longest valid one. */
    private volatile long oversized;
    /** The number of process events that the capture has handed over; for the consumer's thread only. */
    private long processEvents;

    /** For the dispatcher's thread only. */
    private final byte[] scratch = new byte[Subscription.MAX_COPY];

    private int idleRounds;

    /**
     * Makes a broadcaster that owns a capture, which no other consumer may read. If this fails, the capture is the
     * caller's still. Events wait in the capture until {@link #begin}, or until the first reader or subscription.
     *
     * @param watched the calls that the server's configuration has its captures watch
     * @param own true for one subscriber's own capture
     * @param ringBytes memory for the backlog of subscribers, in bytes; a power of two of 64 KiB or more
     */
    public Broadcaster(Capture capture, Set<Syscall> watched, boolean own, int ringBytes) {
        this.capture = capture;
        this.watched = watched;
        this.own = own;
        this.living = new LivingProcesses(LocalProcesses.isGone(capture.driver()));
        this.ring = new BroadcastRing(ringBytes);
        consumer.setDaemon(true);
        dispatcher.setDaemon(true);
        try {
            dispatcher.start();
        } catch (RuntimeException | Error e) {
            closing = true;
            throw e;
        }
    }

    /** Returns the capture for questions and switches; the caller must not consume it. */
    public Capture capture() {
        return capture;
    }

    /**
     * Returns the capabilities of the capture, without the calls that the server leaves out, and without process events
     * where the capture makes none for its subscribers. The server itself applies and changes the filters of a shared
     * capture's subscriber.
     */
    public Capabilities capabilities() {
        Capabilities capabilities = watching(
                watched,
                own
                        ? capture.capabilities()
                        : withLiveFilters(capture.capabilities()).without(Feature.FILTER_EXECUTABLE, NO_EXECUTABLES));
        return own || capture.processEvents() || !capabilities.has(Feature.PROCESS_EVENTS)
                ? capabilities
                : capabilities.without(Feature.PROCESS_EVENTS, NO_PROCESSES);
    }

    /** Returns a driver's capabilities without the calls that a server does not have it watch. */
    public static Capabilities watching(Set<Syscall> watched, Capabilities capabilities) {
        Capabilities some = capabilities;
        for (Syscall call : Syscall.values()) {
            if (!watched.contains(call) && some.has(call)) {
                some = some.without(call, NOT_WATCHED);
            }
        }
        return some;
    }

    private static Capabilities withLiveFilters(Capabilities capabilities) {
        if (capabilities.has(Feature.LIVE_FILTERS)) {
            return capabilities;
        }
        Capabilities more = Capabilities.complete();
        for (var lacking : capabilities.lacking().entrySet()) {
            if (lacking.getKey() != Feature.LIVE_FILTERS) {
                more = more.without(lacking.getKey(), lacking.getValue());
            }
        }
        return more;
    }

    /** Returns whether this is one subscriber's own capture. */
    public boolean isOwn() {
        return own;
    }

    /** Returns the id of the capture, which no other capture has, not even the next one of this server. */
    public ByteString id() {
        return id;
    }

    /**
     * Returns the id of the capture that a resume token names, without verifying the token; empty for an empty token.
     *
     * @throws IllegalArgumentException when it is no token
     */
    public static ByteString captureId(ByteString token) {
        return ResumeTokens.peek(token).getCaptureId();
    }

    ResumeTokens tokens() {
        return tokens;
    }

    BroadcastRing ring() {
        return ring;
    }

    /** Returns the number of subscriptions. */
    public int subscribers() {
        return subscriptions.size();
    }

    /** Returns the number of living processes of which a subscriber that begins now is told. */
    public int living() {
        return living.known();
    }

    /** Returns the number of processes that may live, and of which later subscribers are not told for want of room. */
    public long forgotten() {
        return living.evicted();
    }

    /**
     * Begins to hand out events, if nothing has begun it yet. Whoever reads from the first event on is there before.
     */
    public synchronized void begin() {
        if (consumer.getState() == Thread.State.NEW) {
            runTasks();
            consumer.start();
        }
    }

    /** Returns whether the capture has ended, and all its events are in the ring. */
    public boolean isEnded() {
        return ended;
    }

    /** Returns whether the server ended the capture. */
    boolean isStopping() {
        return stopping;
    }

    /** Stops consuming; the backlog in the ring still goes to the subscribers. */
    public void stop() {
        // The subscribers of a capture that ended by itself hear of that end.
        if (!ended) {
            stopping = true;
        }
    }

    /** Returns the reason why the capture failed, or null. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /**
     * Runs an action when the capture has ended by itself or failed, on the consumer's thread; at once if it has
     * already. It does not run when the server ends the capture.
     */
    public void whenOver(Runnable action) {
        synchronized (whenOver) {
            if (!over) {
                whenOver.add(action);
                return;
            }
        }
        action.run();
    }

    private void beOver() {
        synchronized (whenOver) {
            over = true;
        }
        // No other action joins them from now on.
        whenOver.forEach(Runnable::run);
    }

    /**
     * Attaches a subscription: it gets the events that the consumer has not seen yet, and the statistics of that
     * moment.
     *
     * @throws java.util.concurrent.CompletionException when the subscription cannot begin, or this broadcaster is
     *     closed
     */
    public void attach(Subscription subscription) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                if (!subscription.isResumed()) {
                    subscription.begin(ring.cursor(), stats(), processEvents, alive());
                }
                add(subscription);
                done.complete(null);
            } catch (RuntimeException | Error e) {
                // A failure of one subscriber must not end the capture.
                done.completeExceptionally(e);
            }
        };
        onConsumer(task);
        done.join();
        notifier.wake();
    }

    /** Adds a subscription while the dispatcher serves it; one that it leaves behind would wait for ever. */
    private void add(Subscription subscription) {
        subscriptions.add(subscription);
        if (closing && subscriptions.remove(subscription)) {
            throw new IllegalStateException(CLOSED);
        }
    }

    /** Returns records of the living processes for a reader that begins now; none for an own capture's. */
    private List<byte[]> alive() {
        return own ? List.of() : living.records();
    }

    /** Starts a thread that passes all events from now on to a handler, after those of the living processes. */
    public SinkReader addReader(String name, EventHandler handler) {
        return addReaders(Map.of(name, handler)).get(0);
    }

    /**
     * Starts a thread for each handler, as {@link #addReader} does. All of them begin with the same event: the first
     * one of the capture if nothing has begun it yet.
     *
     * @param handlers by the names of their threads
     * @return the readers, in the order of the handlers
     */
    public List<SinkReader> addReaders(Map<String, EventHandler> handlers) {
        CompletableFuture<List<SinkReader>> made = new CompletableFuture<>();
        onConsumer(() -> {
            List<SinkReader> readers = new ArrayList<>();
            try {
                handlers.forEach(
                        (name, handler) -> readers.add(new SinkReader(ring, ring.cursor(), alive(), handler, name)));
                made.complete(readers);
            } catch (RuntimeException | Error e) {
                readers.forEach(SinkReader::close);
                made.completeExceptionally(e);
            }
        });
        return made.join();
    }

    /** Detaches a subscription, which gets nothing more. */
    public void detach(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    /** Wakes the dispatcher. */
    public void wake() {
        notifier.wake();
    }

    /**
     * Waits until the ring has the events of all calls that returned before, and returns the number of records in the
     * ring. Gives up after a second, when the capture's consumer is that far behind.
     */
    long catchUp() {
        CaptureStats before = stats();
        long due = before.delivered() + before.pending();
        long begun = System.nanoTime();
        while (!ended && ring.ordinal() < due && System.nanoTime() - begun < CATCH_UP_NANOS) {
            LockSupport.parkNanos(NAP_NANOS);
        }
        return ring.ordinal();
    }

    /** Returns the number of events that are pending, or delivered by the capture but not yet in the ring. */
    long underWay(CaptureStats stats, long ordinal) {
        return stats.pending() + Math.max(0, stats.delivered() - ordinal);
    }

    private void consume() {
        try {
            while (!closing && !stopping && !capture.isEnded()) {
                if (capture.await(mover, BATCH, SLICE_NANOS) > 0) {
                    notifier.notifyReader();
                }
                runTasks();
            }
        } catch (RuntimeException | Error e) {
            // The subscribers must learn of any failure, as later events are missing.
            if (!closing) {
                LOG.error("The capture failed", e);
                failure = e;
            }
        } finally {
            ended = true;
            consumerGone = true;
            runTasks();
            notifier.wake();
            if (!closing && !stopping) {
                beOver();
            }
        }
    }

    private void move(EventView event) {
        if (event.length() <= RecordEncoder.MAX_SIZE) {
            RecordView record = RecordView.of(event);
            ring.write(record.buffer(), record.offset(), record.length());
        } else {
            leaveOut(event.length());
        }
    }

    private void move(ProcessView event) {
        processEvents++;
        if (!own) {
            living.update(event);
        }
        if (event.length() <= ProcessEncoder.MAX_SIZE) {
            ProcessRecordView record = ProcessRecordView.of(event);
            ring.write(record.buffer(), record.offset(), record.length());
        } else {
            leaveOut(event.length());
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the consumer's thread writes
    private void leaveOut(int length) {
        if (oversized++ == 0) {
            LOG.warn(
                    "A record of {} bytes is longer than any can be. It counts as MALFORMED, and so do later ones",
                    length);
        }
    }

    /**
     * Returns the statistics of the capture. A record that was too long for the ring counts as lost, not as delivered.
     */
    public CaptureStats stats() {
        // This is read before the capture's statistics: a long record found meanwhile counts as delivered for a moment,
        // but not twice.
        long left = oversized;
        CaptureStats stats = capture.stats();
        if (left == 0) {
            return stats;
        }
        Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
        lost.putAll(stats.lost());
        lost.merge(LossReason.MALFORMED, left, Long::sum);
        return stats.toBuilder().delivered(stats.delivered() - left).lost(lost).build();
    }

    /** Runs a task while no event is between capture and ring. */
    private void onConsumer(Runnable task) {
        tasks.add(task);
        // The first reader's or subscriber's events are those from the first one on.
        begin();
        if (consumerGone) {
            runTasks();
        }
    }

    private synchronized void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void dispatch() {
        while (!closing) {
            try {
                round();
            } catch (RuntimeException | Error e) {
                // All streams would stall if this thread ended.
                LOG.error("Dispatching failed, and goes on", e);
                LockSupport.parkNanos(SLEEP_NANOS);
            }
        }
        for (Subscription subscription : List.copyOf(subscriptions)) {
            if (subscriptions.remove(subscription)) {
                fail(subscription, new IllegalStateException(CLOSED));
            }
        }
    }

    private void round() {
        boolean moved = false;
        int count = subscriptions.size();
        for (Subscription subscription : subscriptions) {
            moved |= pump(subscription, count);
        }
        if (moved) {
            idleRounds = 0;
        } else if (idleRounds < NAPS) {
            idleRounds++;
            LockSupport.parkNanos(NAP_NANOS);
        } else {
            sleep();
        }
    }

    private boolean pump(Subscription subscription, int count) {
        try {
            return subscription.pump(scratch, count);
        } catch (RuntimeException | Error e) {
            // A failure of one subscriber must not end the streams of others.
            LOG.debug("A subscription ends", e);
            detach(subscription);
            fail(subscription, e);
            return false;
        }
    }

    private static void fail(Subscription subscription, Throwable why) {
        try {
            subscription.fail(why);
        } catch (RuntimeException | Error e) {
            LOG.debug("A subscriber cannot be told why its subscription ends", e);
        }
    }

    private void sleep() {
        notifier.arm();
        boolean waiting = false;
        for (Subscription subscription : subscriptions) {
            waiting |= subscription.isWaiting();
        }
        if (!waiting) {
            notifier.await(SLEEP_NANOS);
        } else {
            LockSupport.parkNanos(NAP_NANOS);
        }
        notifier.disarm();
    }

    /** Closes the capture, and ends all streams with a reason. Further calls do nothing. */
    @Override
    public void close() {
        closing = true;
        capture.close();
        notifier.wake();
        join(consumer);
        join(dispatcher);
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static ByteString randomId() {
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
