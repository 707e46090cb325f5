// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import com.google.protobuf.ByteString;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.Driver;
import dev.unraced.ring.Naps;
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
 * The captures that a server holds: the shared one, opened at the start, and those of single subscribers. One of these
 * waits some seconds for a subscriber that lost its connection.
 *
 * <p>Outlives the servers that put it on the wire. Thread-safe.
 */
public final class Captures implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Captures.class);
    /** What one subscriber has yet to fetch waits in its own ring, which is as large as it wants. */
    private static final int OWN_RING_BYTES = 4 << 20;

    private static final long LINGER_SECONDS = 10;
    private static final long DRAIN_NAP_NANOS = 1_000_000;

    private final Driver driver;
    private final Supplier<CaptureConfigBuilder> settings;
    private final CaptureConfig config;
    private final boolean local;
    private final int most;
    private final @Nullable Hub shared;
    private final Map<ByteString, Hub> own = new ConcurrentHashMap<>();
    private final AtomicInteger places = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "unraced-linger");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Opens the shared capture.
     *
     * @param settings makes a fresh builder of how the shared capture is opened, and of what those of subscribers have
     *     in common with it
     * @param local whether the driver watches this machine, so that its process ids are those of subscribers
     * @param withShared whether there is a shared capture at all; without, each subscriber needs its own
     * @throws CaptureException when it cannot be opened
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
        this.shared = withShared ? new Hub(driver.open(config), false, limits.ringBytes()) : null;
    }

    Driver driver() {
        return driver;
    }

    CaptureConfig config() {
        return config;
    }

    /** Whether process ids of events are those of this machine. */
    boolean isLocal() {
        return local;
    }

    /** Whether subscribers can have captures of their own. */
    boolean allowsOwn() {
        return most > 0;
    }

    /** The shared capture, where there is one. */
    public Optional<Hub> shared() {
        return Optional.ofNullable(shared);
    }

    /** The capture of a name. */
    Optional<Hub> find(ByteString id) {
        if (shared != null && shared.id().equals(id)) {
            return Optional.of(shared);
        }
        return Optional.ofNullable(own.get(id));
    }

    /**
     * Opens a capture for one subscriber.
     *
     * @param changes what it wants otherwise than the shared one
     * @throws IllegalStateException when there are as many as may be
     * @throws CaptureException when it cannot be opened
     */
    Hub open(Consumer<CaptureConfigBuilder> changes) {
        if (places.incrementAndGet() > most) {
            places.decrementAndGet();
            throw new IllegalStateException("all " + most + " captures for single subscribers are taken");
        }
        try {
            CaptureConfigBuilder builder = settings.get();
            changes.accept(builder);
            CaptureConfig wanted = builder.build();
            Capture capture = driver.open(wanted);
            Hub hub = new Hub(capture, true, Math.min(wanted.ringBytes(), OWN_RING_BYTES));
            own.put(hub.id(), hub);
            return hub;
        } catch (RuntimeException | Error e) {
            places.decrementAndGet();
            throw e;
        }
    }

    /** A subscriber's connection is gone: its own capture ends unless it comes back in time. */
    void abandoned(Hub hub) {
        if (hub.isOwn() && own.containsKey(hub.id())) {
            ScheduledFuture<?> end = timer.schedule(
                    () -> {
                        if (hub.subscribers() == 0) {
                            close(hub);
                        }
                    },
                    LINGER_SECONDS,
                    TimeUnit.SECONDS);
            LOG.debug("A capture waits for its subscriber: {}", end);
        }
    }

    /** Ends a subscriber's own capture; leaves the shared one alone. */
    void close(Hub hub) {
        if (own.remove(hub.id()) != null) {
            places.decrementAndGet();
            hub.close();
        }
    }

    /** Hands out what there is, for a while, and consumes no more. */
    void drain(long nanos) {
        List<Hub> hubs = new ArrayList<>(own.values());
        shared().ifPresent(hubs::add);
        hubs.forEach(Hub::stop);
        Naps.until(() -> hubs.stream().allMatch(hub -> hub.subscribers() == 0), DRAIN_NAP_NANOS, nanos);
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
