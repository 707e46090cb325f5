// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Consumes a capture on a thread of its own, and keeps the events of the acting program. */
final class EventLog implements AutoCloseable, EventHandler {
    private static final int BATCH = 4096;
    private static final long WAIT_NANOS = 2_000_000;
    private static final ByteString NAME = ByteString.utf8(Hunter.NAME);

    private final Capture capture;
    private final Thread thread;
    private List<SyscallEvent> events = new ArrayList<>();
    private List<ProcessView> lives = new ArrayList<>();
    /** The key of the image that made each call. */
    private Map<SyscallEvent, Long> keys = newKeys();

    private volatile boolean stopping;
    private @Nullable RuntimeException failure;

    EventLog(Capture capture) {
        this.capture = capture;
        this.thread = new Thread(this::consume, "unraced-hunt-events");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns the events of these processes up to now. */
    synchronized List<SyscallEvent> of(Set<Integer> tgids) {
        if (failure != null) {
            throw new HuntException("The capture failed: " + failure, failure);
        }
        List<SyscallEvent> own = new ArrayList<>();
        for (SyscallEvent event : events) {
            if (tgids.contains(event.caller().tgid())) {
                own.add(event);
            }
        }
        return own;
    }

    /** Returns the process events up to now, and the keys of the calls. */
    synchronized ProcessLog processes() {
        return new ProcessLog(List.copyOf(lives), keys);
    }

    synchronized void clear() {
        events = new ArrayList<>();
        lives = new ArrayList<>();
        keys = newKeys();
    }

    /** Returns a map that a judge may read while further keys come: each is there before its event. */
    private static Map<SyscallEvent, Long> newKeys() {
        return Collections.synchronizedMap(new IdentityHashMap<>());
    }

    private void consume() {
        try {
            while (!stopping) {
                capture.await(this, BATCH, WAIT_NANOS);
            }
        } catch (RuntimeException e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    @Override
    public void onEvent(EventView view) {
        if (!view.isEnter() && (view.origin() == Origin.IO_URING || view.comm().contentEquals(NAME))) {
            SyscallEvent event = view.snapshot();
            synchronized (this) {
                keys.put(event, view.processKey());
                events.add(event);
            }
        }
    }

    @Override
    public void onProcess(ProcessView view) {
        ProcessView event = view.snapshot();
        synchronized (this) {
            lives.add(event);
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
