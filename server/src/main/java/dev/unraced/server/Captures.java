// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import com.google.protobuf.ByteString;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.ring.Naps;
import dev.unraced.server.broadcast.Broadcaster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The captures that a server holds: the shared one, opened at the start, and those of single subscribers. A
 * subscriber's own capture waits some seconds for a subscriber that lost its connection.
 *
 * <p>Lives longer than the servers that publish it. Thread-safe.
 */
public final class Captures implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Captures.class);
    /**
     * The backlog of an own capture waits in the capture's ring, whose size the subscriber chooses, so this ring is
     * small.
     */
    private static final int OWN_RING_BYTES = 4 << 20;

    private static final long LINGER_SECONDS = 10;
    private static final long DRAIN_NAP_NANOS = 1_000_000;

    private final Driver driver;
    private final Supplier<CaptureConfigBuilder> settings;
    private final CaptureConfig config;
    private final boolean local;
    private final int most;
    private final @Nullable Broadcaster shared;
    private final Map<ByteString, Broadcaster> own = new ConcurrentHashMap<>();
    private final AtomicInteger places = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "unraced-linger");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Opens the shared capture, whose events wait until a server starts, or a sink reads them.
     *
     * @param settings makes a fresh builder with the settings of the shared capture, which subscribers' captures share
     * @param local true if the driver watches this machine, so that its process ids are those of subscribers
     * @param withShared false for no shared capture; each subscriber then needs its own
     * @throws CaptureException when the capture cannot be opened
     */
    public Captures(
            Driver driver, Supplier<CaptureConfigBuilder> settings, boolean local, Limits limits, boolean withShared) {
        this.driver = driver;
        this.settings = settings;
        this.config = settings.get().build();
        this.local = local;
        this.most = limits.ownCaptures();
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        this.shared = withShared ? broadcaster(driver.open(config), false, limits.ringBytes()) : null;
    }

    /** Makes a broadcaster of a capture, or closes the capture, which nobody else would. */
    private Broadcaster broadcaster(Capture capture, boolean own, int ringBytes) {
        try {
            return new Broadcaster(capture, config.syscalls(), own, ringBytes);
        } catch (RuntimeException | Error e) {
            capture.close();
            throw e;
        }
    }

    Driver driver() {
        return driver;
    }

    CaptureConfig config() {
        return config;
    }

    /** Returns the server's own filters: those of the shared capture, which may have changed since it began. */
    EventFilters filters() {
        return shared().map(Broadcaster::capture)
                .filter(capture -> capture.capabilities().has(Feature.LIVE_FILTERS))
                .map(Capture::filters)
                .orElse(config.filters());
    }

    /** Returns whether the process ids of events are those of this machine. */
    boolean isLocal() {
        return local;
    }

    /** Returns whether subscribers can have captures of their own. */
    boolean allowsOwn() {
        return most > 0;
    }

    /** Begins to hand out the events of the shared capture, if there is one and it has not begun yet. */
    void begin() {
        shared().ifPresent(Broadcaster::begin);
    }

    /** Returns the shared capture, if there is one. Its events wait until a server starts, or somebody reads them. */
    public Optional<Broadcaster> shared() {
        return Optional.ofNullable(shared);
    }

    /** Returns the capture with this id. */
    Optional<Broadcaster> find(ByteString id) {
        if (shared != null && shared.id().equals(id)) {
            return Optional.of(shared);
        }
        return Optional.ofNullable(own.get(id));
    }

    /**
     * Opens a capture for one subscriber.
     *
     * @param changes the settings that differ from the shared capture's
     * @throws IllegalStateException when the limit of own captures is reached
     * @throws CaptureException when the capture cannot be opened
     */
    Broadcaster open(Consumer<CaptureConfigBuilder> changes) {
        if (places.incrementAndGet() > most) {
            places.decrementAndGet();
            throw new IllegalStateException("all " + most + " captures for single subscribers are taken");
        }
        try {
            CaptureConfigBuilder builder = settings.get();
            changes.accept(builder);
            CaptureConfig wanted = builder.build();
            Broadcaster broadcaster =
                    broadcaster(driver.open(wanted), true, Math.min(wanted.ringBytes(), OWN_RING_BYTES));
            own.put(broadcaster.id(), broadcaster);
            return broadcaster;
        } catch (RuntimeException | Error e) {
            places.decrementAndGet();
            throw e;
        }
    }

    /** Notes that a subscriber's connection is gone: its own capture ends unless the subscriber returns in time. */
    void abandoned(Broadcaster broadcaster) {
        if (broadcaster.isOwn() && own.containsKey(broadcaster.id())) {
            ScheduledFuture<?> end = timer.schedule(
                    () -> {
                        if (broadcaster.subscribers() == 0) {
                            close(broadcaster);
                        }
                    },
                    LINGER_SECONDS,
                    TimeUnit.SECONDS);
            LOG.debug("A capture waits for its subscriber: {}", end);
        }
    }

    /** Ends a subscriber's own capture; leaves the shared one alone. */
    void close(Broadcaster broadcaster) {
        if (own.remove(broadcaster.id()) != null) {
            places.decrementAndGet();
            broadcaster.close();
        }
    }

    /** Stops consuming, and delivers the backlog for a limited time. */
    void drain(long nanos) {
        List<Broadcaster> broadcasters = new ArrayList<>(own.values());
        shared().ifPresent(broadcasters::add);
        broadcasters.forEach(Broadcaster::stop);
        // A sink reads what is in the shared capture's ring, so the last batch has to be there.
        Naps.until(
                () -> (shared == null || shared.isEnded())
                        && broadcasters.stream().allMatch(broadcaster -> broadcaster.subscribers() == 0),
                DRAIN_NAP_NANOS,
                nanos);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        List.copyOf(own.values()).forEach(this::close);
        if (shared != null) {
            shared.close();
        }
    }
}
