// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ArgumentView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.SyscallEvent;
import dev.unraced.event.record.RecordValidator;
import dev.unraced.event.record.RecordView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Consumes a capture on a thread of its own and keeps the events that a scenario wants. Every event, wanted or not, is
 * checked against the rules that hold for all events.
 */
public final class Recorder {
    private static final int BATCH = 4096;
    private static final long WAIT_NANOS = 2_000_000;
    private static final int VIOLATIONS_KEPT = 20;

    private final Capture capture;
    private final Predicate<EventView> wanted;
    private final Thread thread;
    private final List<SyscallEvent> events = new ArrayList<>();
    private final List<SyscallEvent> entries = new ArrayList<>();
    private final List<ProcessView> processes = new ArrayList<>();
    private final List<Keyed> keys = new ArrayList<>();
    private final Map<Integer, Long> lastReturns = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Map<Integer, SourceSequence> sources = new TreeMap<>();
    private final EventHandler handler = EventHandler.of(this::take, this::take);
    private long delivered;
    private long kept;
    private volatile boolean started;
    private volatile boolean stopping;
    private volatile boolean stalled;
    private @Nullable Throwable failure;

    Recorder(Capture capture, Predicate<EventView> wanted) {
        this.capture = capture;
        this.wanted = wanted;
        this.thread = new Thread(this::consume, "unraced-recorder");
        thread.setDaemon(true);
    }

    void start() {
        started = true;
        thread.start();
    }

    /** Returns whether this recorder consumes the capture. */
    boolean isStarted() {
        return started;
    }

    /**
     * Ends the consumption; what has been delivered stays.
     *
     * @param patience the longest time that the capture may take to return
     */
    void stop(Duration patience) {
        stopping = true;
        try {
            thread.join(Math.max(1, patience.toMillis()));
            if (thread.isAlive()) {
                throw new AssertionError("the capture's await() does not return when its time is over");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Pauses the reading, or goes on. */
    public void stall(boolean stall) {
        stalled = stall;
    }

    /** Returns the number of events of all kinds that the handler got. */
    public synchronized long delivered() {
        return delivered;
    }

    /** Returns the number of wanted events of both kinds, those that were taken included. */
    synchronized long kept() {
        return kept;
    }

    /** Returns the wanted enter events up to now. */
    public synchronized List<SyscallEvent> entries() {
        return List.copyOf(entries);
    }

    /** Returns the wanted merged events up to now. */
    public synchronized List<SyscallEvent> events() {
        return List.copyOf(events);
    }

    /** Returns the wanted merged events from an index on. */
    public synchronized List<SyscallEvent> eventsFrom(int index) {
        return List.copyOf(events.subList(index, events.size()));
    }

    /** Returns the wanted events up to now, and forgets them. */
    synchronized List<SyscallEvent> take() {
        List<SyscallEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    public synchronized int size() {
        return events.size();
    }

    /** Returns the breaches of rules that hold for all events. */
    synchronized List<Violation> violations() {
        return List.copyOf(violations);
    }

    /**
     * Returns how many numbers are missing: no delivered event has them, though the same source delivered a higher one.
     */
    public synchronized long missingNumbers() {
        return sources.values().stream().mapToLong(SourceSequence::missing).sum();
    }

    /** Returns how many events have a number that is not above the one before it in its source. */
    public synchronized long repeatedNumbers() {
        return sources.values().stream().mapToLong(SourceSequence::repeated).sum();
    }

    /** Returns the error that ended the consumption early, or null. */
    synchronized @Nullable Throwable failure() {
        return failure;
    }

    private void consume() {
        try {
            while (!stopping) {
                if (stalled) {
                    LockSupport.parkNanos(WAIT_NANOS);
                    continue;
                }
                capture.await(handler, BATCH, WAIT_NANOS);
            }
        } catch (Throwable e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    /** The key of the image behind a wanted merged event, and how many process events came before it. */
    public record Keyed(int tgid, long key, int processesBefore) {}

    /** Returns the process events up to now, of all processes. */
    public synchronized List<ProcessView> processes() {
        return List.copyOf(processes);
    }

    /** Returns the keys of the wanted merged events up to now. */
    public synchronized List<Keyed> keys() {
        return List.copyOf(keys);
    }

    private synchronized void take(ProcessView view) {
        delivered++;
        SourceSequence sequence = sources.computeIfAbsent(view.source(), source -> new SourceSequence());
        if (!sequence.next(view.sequence())) {
            violate("R9.2", "number " + view.sequence() + " of source " + view.source() + " is not above the last one");
        }
        processes.add(view.snapshot());
    }

    private synchronized void take(EventView view) {
        delivered++;
        RecordView record = RecordView.of(view);
        if (!RecordValidator.isValid(record.buffer(), record.offset(), record.length())) {
            violate("R14.1", "a record that is not well-formed");
            return;
        }
        check(view);
        if (wanted.test(view)) {
            kept++;
            (view.isEnter() ? entries : events).add(view.snapshot());
            if (!view.isEnter()) {
                keys.add(new Keyed(view.tgid(), view.processKey(), processes.size()));
            }
        }
    }

    private void check(EventView view) {
        SourceSequence sequence = sources.computeIfAbsent(view.source(), source -> new SourceSequence());
        if (!sequence.next(view.sequence())) {
            violate("R9.2", "number " + view.sequence() + " of source " + view.source() + " is not above the last one");
        }
        checkArgument(view, view.isOpenLike() ? view.path() : view.address());
        if (view.isEnter()) {
            checkEntry(view);
            return;
        }
        lastReturns.put(view.tid(), view.exitNanos());
        if (view.isOpenLike()) {
            checkFile(view);
        }
        if (view.enterNanos() > view.exitNanos()) {
            violate("R1.11", "a call that returned before it entered: " + view.snapshot());
        }
        if (view.has(EventFlag.STASH_FULL) && !view.has(EventFlag.ENTER_MISSED)) {
            violate("R5.2", "STASH_FULL without ENTER_MISSED: " + view.snapshot());
        }
    }

    private void checkEntry(EventView view) {
        if (view.enterNanos() == 0 || view.exitNanos() != 0 || view.result() != 0) {
            violate(
                    "R12.5",
                    "an enter event has a time of entry, and neither a return nor a result: " + view.snapshot());
        }
        if (view.enterNanos() < lastReturns.getOrDefault(view.tid(), 0L)) {
            violate("R12.5", "an enter event behind that of the call's return: " + view.snapshot());
        }
    }

    private void checkArgument(EventView view, ArgumentView argument) {
        if (argument.isPresent() == (argument.provenance() == Provenance.NONE)) {
            violate("R2.8", "an argument is absent if and only if its provenance is NONE: " + view.snapshot());
        }
    }

    private void checkFile(EventView view) {
        boolean hasFile = view.has(EventFlag.HAS_FILE);
        if (hasFile && view.result() < 0) {
            violate("R2.19", "HAS_FILE on a call that failed: " + view.snapshot());
        }
        if (!hasFile && view.has(EventFlag.CREATED)) {
            violate("R2.19", "CREATED without HAS_FILE: " + view.snapshot());
        }
    }

    private void violate(String rule, String what) {
        if (violations.size() < VIOLATIONS_KEPT) {
            violations.add(Violation.of(rule, what));
        }
    }

    /** The numbers of one source. */
    private static final class SourceSequence {
        private long last;
        private long count;
        private long repeated;

        boolean next(long number) {
            boolean rises = number > last;
            repeated += rises ? 0 : 1;
            last = Math.max(last, number);
            count++;
            return rises;
        }

        long missing() {
            return last - count;
        }

        long repeated() {
            return repeated;
        }
    }
}
