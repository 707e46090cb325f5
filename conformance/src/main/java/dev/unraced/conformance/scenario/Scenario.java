// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Condition;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.Scratch;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.SyscallEvent;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An actor, a capture that watches it, and a place for files. When it closes without an exception, the accounts must
 * balance, and no event may have broken a rule that holds for all events.
 */
public final class Scenario implements AutoCloseable {
    /** The handle of a fifo's writer, which no rule uses for anything else. */
    private static final int WRITER = 4_000;

    private final DriverUnderTest under;
    private final Capabilities capabilities;
    private final Actor actor;
    private final Scratch scratch;
    private final Scope scope;
    private final boolean attack;
    private final Capture capture;
    private final Recorder recorder;
    private final Evidence evidence;
    private final RestPatience patience;
    private boolean restless;

    private Scenario(Setup setup, Actor actor, Scratch scratch) {
        this.under = setup.under;
        this.capabilities = setup.capabilities;
        this.actor = actor;
        this.scratch = scratch;
        this.scope = setup.scope;
        this.attack = setup.attack;
        this.evidence = setup.evidence;
        this.patience = setup.patience;
        setup.before.accept(this);
        this.capture = openCapture(setup);
        Predicate<EventView> wanted = setup.wanted != null ? setup.wanted : usuallyWanted();
        this.recorder = new Recorder(capture, wanted.and(view -> {
            setup.renderer.accept(view);
            return true;
        }));
        if (setup.consumed) {
            recorder.start();
        }
    }

    /** The settings from which a scenario is made. */
    public static final class Setup {
        private final DriverUnderTest under;
        private final Evidence evidence;
        private final Capabilities capabilities;
        private RestPatience patience;
        private Scope scope = Scope.PROCESS;
        private boolean attack;
        private boolean consumed = true;
        private Consumer<CaptureConfigBuilder> settings = builder -> {};
        private Consumer<Scenario> before = scenario -> {};
        private @Nullable Predicate<EventView> wanted;
        private Consumer<EventView> renderer = view -> {};

        public Setup(DriverUnderTest under) {
            this(under, new Evidence(), under.driver().capabilities());
        }

        /**
         * Makes a setup.
         *
         * @param evidence receives the number of the actor's events when the scenario closes
         * @param capabilities what the driver answered; a remote driver asks its server each time, so a caller with
         *     many scenarios keeps the answer
         */
        public Setup(DriverUnderTest under, Evidence evidence, Capabilities capabilities) {
            this.under = under;
            this.evidence = evidence;
            this.capabilities = capabilities;
            this.patience = new RestPatience(under.patience());
        }

        /** Sets how long the scenario waits for accounts at rest, as scenarios before it have learnt. */
        public Setup patience(RestPatience shared) {
            this.patience = shared;
            return this;
        }

        public Setup scope(Scope scope) {
            this.scope = scope;
            return this;
        }

        /** Declares that arguments change while calls run, so that CHANGED is no mistake. */
        public Setup attack() {
            this.attack = true;
            return this;
        }

        /** Leaves the capture unread until {@link Scenario#consume}. */
        public Setup unread() {
            this.consumed = false;
            return this;
        }

        public Setup with(Consumer<CaptureConfigBuilder> more) {
            Consumer<CaptureConfigBuilder> earlier = settings;
            settings = builder -> {
                earlier.accept(builder);
                more.accept(builder);
            };
            return this;
        }

        public Setup mitigation(Mitigation mode) {
            return with(builder -> builder.mitigation(mode));
        }

        /** Keeps other events than the actor's. */
        public Setup wanted(Predicate<EventView> wanted) {
            this.wanted = wanted;
            return this;
        }

        /** Sets what is done with each merged event that is kept, on the thread that reads them. */
        public Setup rendering(Consumer<EventView> renderer) {
            this.renderer = renderer;
            return this;
        }

        /** Sets what the actor does before the capture opens. */
        public Setup before(Consumer<Scenario> before) {
            this.before = before;
            return this;
        }

        public Scenario open() {
            Actor actor = under.actor();
            Scratch scratch = null;
            try {
                scratch = Scratch.of(actor);
                return new Scenario(this, actor, scratch);
            } catch (RuntimeException | Error e) {
                actor.close();
                if (scratch != null) {
                    scratch.close();
                }
                throw e;
            }
        }
    }

    /** Returns what the driver can do, without asking it again. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Returns the counts of what the running rule has looked at. */
    public Evidence evidence() {
        return evidence;
    }

    public Actor actor() {
        return actor;
    }

    public Scratch scratch() {
        return scratch;
    }

    public Capture capture() {
        return capture;
    }

    public Recorder recorder() {
        return recorder;
    }

    /** Returns an open of a file that is not there. */
    public WatchedCall missing() {
        return missing(0);
    }

    /** Returns an open of a file that is not there, with a mode by which the test recognises its event. */
    public WatchedCall missing(long mode) {
        return WatchedCall.openat(Pointer.to(scratch.bytes("missing")), Linux.O_RDONLY, mode);
    }

    /** Has the actor make a call, and waits for the one event that it must become. */
    public Observed call(WatchedCall call) {
        awaitRest();
        int before = recorder.size();
        Outcome outcome = new Outcome(actor.ask(call.command("call")));
        return observed(call, outcome, before);
    }

    /** Has the actor make a call, and does not look at its event. */
    public Outcome callUnobserved(WatchedCall call) {
        return new Outcome(actor.ask(call.command("call")));
    }

    /** Starts a call that blocks, and returns when it does. */
    public Job block(WatchedCall call) {
        return new Job(actor, call, under.patience()).awaitBlocked();
    }

    /** Returns the events of a thread, after all events of returned calls are delivered. */
    public List<SyscallEvent> eventsOf(int tid) {
        awaitRest();
        return recorder.events().stream()
                .filter(event -> event.caller().tid() == tid)
                .toList();
    }

    /**
     * Returns the events since the last time, after all events of returned calls are delivered, and forgets them, which
     * suits masses of events.
     */
    public List<SyscallEvent> takeEvents() {
        awaitRest();
        return recorder.take();
    }

    /**
     * Returns the only event of a thread that made one call. Where watching interrupts calls, attempts that the kernel
     * restarted come before it and are events, too (R1.4).
     */
    public SyscallEvent onlyEventOf(int tid) {
        List<SyscallEvent> events = eventsOf(tid);
        if (events.isEmpty()) {
            throw noEvent("of thread " + tid);
        }
        long attempts = capabilities.has(Feature.UNDISTURBED_CALLS)
                ? 0
                : events.stream()
                        .limit(events.size() - 1)
                        .filter(Scenario::isRestarted)
                        .count();
        if (events.size() - attempts > 1) {
            throw tooMany(events.size() - attempts, "events of a thread that made one call", events);
        }
        return events.get(events.size() - 1);
    }

    private static boolean isRestarted(SyscallEvent event) {
        return event.call().result() == Linux.ERESTARTSYS;
    }

    /** Waits until every call that returned is in the accounts and every event with the reader. */
    public CaptureStats awaitRest() {
        Duration limit = patience.next();
        boolean isOver = patience.holds(
                limit, () -> recorder.failure() != null || StatsCheck.atRest(capture.stats(), received()));
        if (!isOver) {
            restless = true;
            throw StatsCheck.unrest(capture.stats(), received(), patience.describe(limit));
        }
        if (recorder.failure() != null) {
            throw new AssertionError("consuming the capture failed: " + recorder.failure(), recorder.failure());
        }
        return capture.stats();
    }

    /** As {@link #awaitRest}, and waits until no thread of the actor is in a call. */
    public CaptureStats awaitEmptyStash() {
        return awaitEmptyStash("R6.1");
    }

    /** As {@link #awaitEmptyStash()}, for another rule that demands it. */
    public CaptureStats awaitEmptyStash(String rule) {
        awaitRest();
        Violation.unless(
                rule,
                () -> Condition.await(
                        under.patience(),
                        () -> capture.stats().stash().live() == 0,
                        () -> "at rest the stash is not empty: " + capture.stats()));
        return awaitRest();
    }

    /** Starts to read a capture that was opened unread. */
    public void consume() {
        recorder.start();
    }

    public void makeFile(String name) {
        world("file", name);
    }

    public void makeFifo(String name) {
        world("fifo", name);
    }

    public void makeDirectory(String name) {
        world("mkdir", name);
    }

    public void makeSymlink(String target, String name) {
        actor.ask(Command.of("symlink").with("from", ByteString.utf8(target)).with("to", scratch.bytes(name)));
    }

    public void setBuffer(int id, ByteString bytes) {
        actor.ask(Command.of("buffer").with("id", id).with("bytes", bytes));
    }

    /** Sets a buffer that the kernel must fault in, so that a tracer's non-faulting read fails. */
    public void setAbsentBuffer(int id, ByteString bytes) {
        actor.ask(Command.of("buffer").with("id", id).with("bytes", bytes).with("cold", 1));
    }

    /** As {@link #finishReaders}, for one reader. Returns the outcome of its open. */
    public Outcome finishReader(String fifo, Job reader) {
        return finishReaders(fifo, List.of(reader)).get(0);
    }

    /**
     * Opens the writing end of a fifo, which is one watched call, and keeps it open until the readers' opens have
     * returned. A reader that looked blocked may still sleep on its way to the fifo. It finds the writer there when it
     * arrives, and would wait for ever if the writer had gone. Returns the outcomes in the order of the readers.
     */
    public List<Outcome> finishReaders(String fifo, List<Job> readers) {
        actor.ask(WatchedCall.openat(Pointer.to(scratch.bytes(fifo)), Linux.O_RDWR, 0)
                .keep(WRITER)
                .command("call"));
        try {
            return readers.stream().map(Job::finish).toList();
        } finally {
            actor.ask(Command.of("close").with("id", WRITER));
        }
    }

    private long received() {
        return recorder.isStarted() ? recorder.delivered() : capture.stats().delivered();
    }

    private void world(String verb, String name) {
        actor.ask(Command.of(verb).with("path", scratch.bytes(name)));
    }

    private Observed observed(WatchedCall call, Outcome outcome, int before) {
        awaitRest();
        List<SyscallEvent> fresh = recorder.eventsFrom(before);
        if (fresh.isEmpty()) {
            throw noEvent(call.syscall().toString());
        }
        if (fresh.size() > 1) {
            throw tooMany(fresh.size(), "events of one call, " + call.syscall(), fresh);
        }
        SyscallEvent event = fresh.get(0);
        Violation.unless(
                "R1.2",
                () -> assertThat(event.call().syscall()).as("the call's name").isEqualTo(call.syscall()));
        Violation.unless(
                "R1.14",
                () -> assertThat(event.call().origin())
                        .as("the call's way into the kernel")
                        .isEqualTo(call.origin()));
        Violation.unless(
                "R1.2",
                () -> assertThat(event.call().result()).as("the raw result").isEqualTo(outcome.result()));
        Violation.unless(
                "R1.5",
                () -> assertThat(event.caller().tid()).as("the calling thread").isEqualTo(outcome.tid()));
        return new Observed(outcome, event);
    }

    private static Violation tooMany(long number, String what, List<SyscallEvent> events) {
        String excess = number == 2 ? "one event too many" : number - 1 + " events too many";
        return Violation.of("R1.1", excess + ": " + number + " " + what + ": " + events);
    }

    private Violation noEvent(String call) {
        return Violation.of(
                "R1.1",
                "no event of a call that returned, " + call + ", though the statistics balance: " + capture.stats()
                        + (capture.stats().returned() == 0
                                ? ". The driver saw no call at all: does it watch the kit's actor? See ActorHost"
                                : "")
                        + ". A capture whose stats() answers before it has counted each call that returned looks like this,"
                        + " too (R8.1)");
    }

    private Capture openCapture(Setup setup) {
        CaptureConfigBuilder builder = under.config();
        builder.mitigation(usual(capabilities));
        if (scope == Scope.PROCESS && capabilities.has(Feature.FILTER_THREAD_GROUP)) {
            builder.tgids(actor.tgid());
        } else if (scope == Scope.FAMILY && capabilities.has(Feature.FILTER_USER)) {
            builder.uids(actor.user()
                    .orElseThrow(() ->
                            new ActorException("the actor could not take a user id of its own: run the kit as root")));
        }
        setup.settings.accept(builder);
        return under.driver().open(builder.build());
    }

    /** Returns the mode that most rules are about: the enter snapshot. */
    public static Mitigation usual(Capabilities capabilities) {
        return Stream.of(Mitigation.STASH, Mitigation.KERNEL, Mitigation.OFF)
                .filter(capabilities::has)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the driver has no mode at all"));
    }

    private Predicate<EventView> usuallyWanted() {
        int tgid = actor.tgid();
        if (scope == Scope.FAMILY && actor.user().isPresent()) {
            long user = actor.user().getAsLong();
            return view -> view.uid() == user;
        }
        return view -> view.tgid() == tgid;
    }

    /** Checks what must hold after every scenario, and releases all, whatever the outcome. */
    @Override
    public void close() {
        try {
            checkRules();
        } finally {
            release();
        }
        StatsCheck.assertClosed(capture.stats());
    }

    private void release() {
        try {
            recorder.stop(under.patience());
            evidence.add(
                    recorder.isStarted() ? recorder.kept() : capture.stats().delivered());
        } finally {
            capture.close();
            actor.close();
            scratch.close();
        }
    }

    private void checkRules() {
        CaptureStats stats = statsAtTheEnd();
        if (!recorder.violations().isEmpty()) {
            throw Violation.first(recorder.violations());
        }
        Violation.unless(
                "R9.2",
                () -> assertThat(recorder.missingNumbers())
                        .as("numbers missing from the sequences, against losses counted: %s", stats)
                        .isLessThanOrEqualTo(stats.totalLost()));
        if (!attack) {
            Violation.unless(
                    "R2.29",
                    () -> assertThat(recorder.events())
                            .as("no argument was changed")
                            .noneMatch(Scenario::isChanged));
        }
    }

    private CaptureStats statsAtTheEnd() {
        // The rule fails already where an earlier wait was in vain, so another one would say nothing new.
        if (!capture.isOpen() || !recorder.isStarted() || restless) {
            return capture.stats();
        }
        // Calls of other processes may be under way at any time where they are not filtered.
        return scope == Scope.MACHINE ? awaitRest() : awaitEmptyStash();
    }

    private static boolean isChanged(SyscallEvent event) {
        if (event instanceof OpenEvent open) {
            return open.path().integrity() == Integrity.CHANGED || open.how().integrity() == Integrity.CHANGED;
        }
        ConnectEvent connect = (ConnectEvent) event;
        return connect.address().integrity() == Integrity.CHANGED
                || connect.block()
                        .filter(block -> block.integrity() == Integrity.CHANGED)
                        .isPresent();
    }
}
