// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Memory;
import dev.unraced.capture.LossReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.natives.LibC;
import dev.unraced.ring.Naps;
import dev.unraced.ring.OwnedResources;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.RingWriter;
import dev.unraced.ring.SourceStats;
import dev.unraced.ring.UserSource;
import dev.unraced.ring.UserWakeupNotifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for sandboxes, and merges what they send on one thread for all of them. */
final class GvisorSource extends UserSource implements Link.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(GvisorSource.class);

    /** The most frames of one sandbox in a row, so that no sandbox waits for another's flood. */
    private static final int TURN = 256;

    private static final long NAP_NANOS = 5_000_000;
    private static final long SECOND = 1_000_000_000L;
    /** The longest time that reading the statistics waits for frames on the way. */
    private static final long SETTLE_NANOS = 200_000_000;

    private static final long SETTLE_STEP = 20_000;
    private static final int ANSWER_MILLIS = 10;

    private final GvisorSettings settings;
    private final RingWriter ring;
    private final Publisher publisher;
    private final Merger merger;
    private final BootClock clock = new BootClock();
    private final UserWakeupNotifier frames = new UserWakeupNotifier();
    private final byte[] frame = new byte[FrameQueue.LARGEST_FRAME];
    private final Memory scratch = new Memory(8);

    /** The links whose sandboxes have shaken hands. */
    private final List<Link> links = new CopyOnWriteArrayList<>();

    /** All links whose threads run. */
    private final Set<Link> open = ConcurrentHashMap.newKeySet();

    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicLong turnedAway = new AtomicLong();
    private final Thread thread;
    private final Listener listener;
    private final Attachments attachments;
    private final @Nullable FrameLog log;
    private final OwnedResources owned = new OwnedResources();

    /** Work that other threads leave for the merging thread. */
    private final Queue<Runnable> drops = new ConcurrentLinkedQueue<>();

    private volatile boolean stopping;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Question question;

    /** A request to the merging thread for the statistics. */
    private static final class Question {
        final long since = System.nanoTime();
        final CountDownLatch answered = new CountDownLatch(1);

        @Nullable
        SourceStats stats;
    }

    private GvisorSource(GvisorSettings settings) {
        this.settings = settings;
        this.ring = new RingWriter(settings.ringBytes());
        this.publisher = new Publisher(ring, settings.filters(), clock);
        this.merger = new Merger(settings, publisher);
        this.attachments = new Attachments(settings);
        this.thread = new Thread(this::merge, "unraced-gvisor-merge");
        thread.setDaemon(true);
        boolean started = false;
        try {
            this.log = settings.record().isEmpty() ? null : new FrameLog(Path.of(settings.record()));
            if (log != null) {
                owned.add(log::close);
            }
            this.listener = new Listener(settings.endpoint(), settings.socketMode(), this::accepted);
            owned.add(listener::close);
            thread.start();
            started = true;
        } finally {
            if (!started) {
                owned.close();
            }
        }
    }

    /**
     * Listens, and attaches to the sandboxes that the settings name.
     *
     * @throws dev.unraced.capture.CaptureException when that fails; nothing remains then
     */
    static GvisorSource start(GvisorSettings settings) {
        GvisorSource source = new GvisorSource(settings);
        try {
            source.attachments.attach();
            return source;
        } catch (RuntimeException | Error e) {
            try {
                source.stop();
            } finally {
                source.release();
            }
            throw e;
        }
    }

    RingReader reader() {
        return ring.reader();
    }

    /** Returns the links of sandboxes at this moment. */
    List<Link> links() {
        return List.copyOf(links);
    }

    private void accepted(int fd) {
        if (open.size() >= settings.maxSandboxes() || stopping) {
            if (turnedAway.getAndIncrement() == 0) {
                LOG.warn(
                        "There are {} sandboxes; others are turned away (unraced.gvisor.max-sandboxes)",
                        settings.maxSandboxes());
            }
            LibC.close(fd);
            return;
        }
        int number = numbers.incrementAndGet();
        Link link = new Link(fd, number, settings.queueBytes(), settings.handshakeNanos(), this);
        Thread receiver = new Thread(link, "unraced-gvisor-" + number);
        receiver.setDaemon(true);
        open.add(link);
        boolean started = false;
        try {
            receiver.start();
            started = true;
        } finally {
            if (!started) {
                open.remove(link);
            }
        }
    }

    @Override
    public void ready(Link link) {
        links.add(link);
    }

    @Override
    public void ring() {
        frames.notifyReader();
    }

    @Override
    public void gone(Link link) {
        open.remove(link);
        ring();
    }

    private void merge() {
        try {
            mergeUntilStopped();
        } catch (RuntimeException | Error e) {
            LOG.error("Merging failed; the capture ends", e);
            failure = e;
        } finally {
            stopped = true;
            notifier().wake();
        }
    }

    private void mergeUntilStopped() {
        long compared = System.nanoTime();
        while (!stopping) {
            boolean busy = turn();
            long now = System.nanoTime();
            if (now - compared > SECOND) {
                clock.compare();
                compared = now;
            }
            Question asked = question;
            if (asked != null && (!busy || now - asked.since > SETTLE_NANOS)) {
                answer(asked);
            } else if (!busy) {
                nap();
            }
        }
        // Frames received until now are merged, too.
        while (turn()) {
            Thread.onSpinWait();
        }
        merger.end();
        notifier().notifyReader();
    }

    /** Gives each sandbox its turn. Returns whether there was anything to do. */
    private boolean turn() {
        boolean busy = false;
        for (Runnable drop = drops.poll(); drop != null; drop = drops.poll()) {
            drop.run();
        }
        for (Link link : links) {
            busy |= turn(link);
        }
        if (merger.isWaiting()) {
            merger.expire(System.nanoTime());
        }
        notifier().notifyReader();
        return busy;
    }

    private boolean turn(Link link) {
        Connection connection = link.connection();
        if (connection.firstLook == 0) {
            connection.firstLook = System.nanoTime();
            connection.begin(connection.firstLook);
            merger.begin(connection);
        }
        // This is read first: if the link has ended, all its frames are in the queue.
        boolean ended = link.isEnded();
        long now = System.nanoTime();
        int count = 0;
        for (int length = link.queue().take(frame);
                length >= 0;
                length = link.queue().take(frame)) {
            if (log != null) {
                log.write(connection.number, frame, length);
            }
            merger.accept(connection, frame, length, now);
            if (++count == TURN) {
                return true;
            }
        }
        for (; connection.oversized < link.oversized(); connection.oversized++) {
            merger.malformed(connection);
        }
        guard(connection, now, ended);
        if (ended) {
            links.remove(link);
            merger.end(connection, link.wasPressed());
            return true;
        }
        return count > 0;
    }

    /**
     * Warns of a sandbox that sends no frame. A sandbox whose session names points that its runtime lacks shakes hands,
     * hangs up, and runs unwatched: Start in runsc/boot/loader.go logs the error and goes on.
     */
    private void guard(Connection connection, long now, boolean ended) {
        if (connection.frames > 0 || connection.isWarnedOf || stopping || connection.isAttached) {
            return;
        }
        if (ended || now - connection.firstLook > settings.firstFrameNanos()) {
            connection.isWarnedOf = true;
            LOG.warn(
                    "Sandbox {} has shaken hands and {}: it may run unwatched, because its trace session names a point"
                            + " that this version of runsc lacks. Make the session anew by 'unraced gvisor config';"
                            + " 'unraced gvisor status --all' says which sandboxes are watched",
                    connection.number,
                    ended
                            ? "hung up without a frame"
                            : "sent nothing for " + settings.firstFrameNanos() / 1_000_000 + " ms");
        }
    }

    private void nap() {
        frames.arm();
        boolean isQuiet = question == null && !stopping;
        for (Link link : links) {
            isQuiet &= link.queue().isEmpty() && !link.isEnded();
        }
        if (isQuiet) {
            frames.await(merger.isWaiting() ? NAP_NANOS : 20 * NAP_NANOS);
        }
        frames.disarm();
    }

    @Override
    public boolean isEnded() {
        return failure != null;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public boolean processEvents() {
        return settings.processEvents();
    }

    @Override
    public Mitigation mitigation() {
        return merger.mitigation();
    }

    @Override
    public void switchTo(Mitigation mode) {
        merger.switchTo(mode);
    }

    @Override
    public EventFilters filters() {
        return publisher.filters();
    }

    /** Changes the filters once the calls that have returned up to now were judged by those before. */
    @Override
    public void filterBy(EventFilters filters) {
        stats();
        publisher.filterBy(filters);
    }

    /**
     * Waits until the frames that sandboxes have sent up to now are merged, for a limited time, as some never pause.
     */
    @Override
    public SourceStats stats() {
        if (stopped) {
            return look();
        }
        settle();
        Question asked = new Question();
        question = asked;
        frames.wake();
        boolean interrupted = false;
        while (!stopped && asked.answered.getCount() > 0) {
            try {
                asked.answered.await(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return asked.stats != null ? asked.stats : look();
    }

    private void settle() {
        Naps.until(() -> !isReceiving(), SETTLE_STEP, SETTLE_NANOS);
    }

    private boolean isReceiving() {
        for (Link link : links) {
            if (link.isReceiving(scratch)) {
                return true;
            }
        }
        return false;
    }

    private void answer(Question asked) {
        asked.stats = look();
        question = null;
        asked.answered.countDown();
    }

    private SourceStats look() {
        return SourceStats.builder()
                .returned(merger.returned())
                .processEvents(publisher.processEvents())
                .submitted(ring.submitted())
                .lost(LossReason.RING_FULL, ring.full())
                .lost(LossReason.SOURCE_DROPPED, merger.dropped())
                .lost(LossReason.MALFORMED, merger.malformed())
                .filtered(publisher.filtered())
                .wakeups(notifier().wakeups())
                .ringBytes(ring.ringBytes())
                .stashBytes(merger.stashBytes())
                .stash(merger.stashStats())
                .build();
    }

    @Override
    public void stop() {
        merger.closing();
        // These run in reverse order, each even if others throw.
        OwnedResources ending = new OwnedResources();
        ending.add(this::endMerging);
        ending.add(this::endReceiving);
        ending.add(listener::close);
        ending.add(this::settle);
        ending.add(() -> attachments.detach(this::droppedInAll));
        ending.close();
    }

    private void endReceiving() {
        // No further one comes, as the listener is closed; this ends those that are shaking hands, too.
        open.forEach(Link::stop);
        Naps.until(open::isEmpty, SETTLE_STEP, 5 * SECOND);
    }

    private void endMerging() {
        stopping = true;
        Naps.until(
                () -> {
                    frames.wake();
                    return !thread.isAlive();
                },
                SETTLE_STEP);
    }

    /** Takes over the count of drops that a sandbox reports at the end, including those after its last frame. */
    private void droppedInAll(int peer, long count) {
        for (Link link : links) {
            if (link.connection().peer == peer) {
                drops.add(() -> merger.droppedInAll(link.connection(), count));
            }
        }
        ring();
    }

    @Override
    public void release() {
        owned.close();
    }
}
