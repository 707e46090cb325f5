// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.ProcessView;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** The setup of an attack: a scenario, a number of calls to make, and the tally of what its events say. */
public final class AttackField {
    /** The calls of the first command: few enough for an emulated machine to answer in time. */
    private static final int FIRST_BATCH = 500;

    private static final int LARGEST_BATCH = 16_000;
    /** The extra calls where the attacker was too late in all, as a multiple of the wanted number. */
    private static final int EXTRA = 39;

    private static final long LONG_NANOS = 2_000_000_000L;

    private final Scenario scenario;
    private final String directory;
    private final int calls;
    private final boolean race;
    private final AttackTally tally;
    private final LongConsumer progress;
    private int batch = FIRST_BATCH;

    /**
     * Makes a field.
     *
     * @param attack the attack, which gets a directory of its own
     * @param calls the number of calls to make
     */
    AttackField(Scenario scenario, Attack attack, int calls, LongConsumer progress) {
        this.scenario = scenario;
        this.tally = new AttackTally(scenario.capture().capabilities(), attack.rule());
        this.directory = attack.name();
        this.calls = attack.calls(calls);
        this.race = attack.isRace();
        this.progress = progress;
        scenario.makeDirectory(directory);
        // This drops the untaken events of an earlier attack.
        scenario.takeEvents();
    }

    Scenario scenario() {
        return scenario;
    }

    /** Returns the scenario's name for a file of this attack. */
    String name(String name) {
        return directory + "/" + name;
    }

    String path(String name) {
        return scenario.scratch().path(name(name));
    }

    /** Returns the path of the directory of this attack. */
    ByteString directory() {
        return scenario.scratch().bytes(directory);
    }

    ByteString bytes(String name) {
        return scenario.scratch().bytes(name(name));
    }

    void makeFile(String name) {
        scenario.makeFile(name(name));
    }

    void makeFifo(String name) {
        scenario.makeFifo(name(name));
    }

    void makeDirectory(String name) {
        scenario.makeDirectory(name(name));
    }

    void makeSymlink(String target, String name) {
        scenario.makeSymlink(target, name(name));
    }

    Actor actor() {
        return scenario.actor();
    }

    /** Returns the number of calls to make. */
    int calls() {
        return calls;
    }

    AttackTally tally() {
        return tally;
    }

    /** Makes one call and has its event judged. */
    Observed judge(WatchedCall call, Function<Outcome, KernelOutcome> outcome) {
        Observed observed = scenario.call(call);
        tally.judge(observed.event(), outcome.apply(observed.outcome()));
        advanced();
        return observed;
    }

    /** Reports the progress. */
    void advanced() {
        progress.accept(tally.counts().attempts());
    }

    /**
     * Has all rounds played by commands that answer {@code truth}, and judges each event by the meaning of its letter.
     */
    void play(Command command, Map<Character, KernelOutcome> meanings) {
        inBatches(command, (event, letter, i) -> {
            KernelOutcome taken = meanings.get(letter);
            if (taken != null) {
                tally.judge(event, taken);
            }
        });
    }

    /** Has rounds played by one command, whose reply the caller judges. */
    Reply once(Command command, int rounds) {
        Reply reply = actor().ask(command.with("calls", rounds));
        if (reply.has("won")) {
            won(rounds, reply.number("won"));
        }
        return reply;
    }

    /**
     * Counts rounds in which an attacker may be too late.
     *
     * @param won the number of rounds in which the attacker acted during the call, or the kernel took its version
     */
    void won(long rounds, long won) {
        tally.won(won);
        // Attacks that are no race do not depend on luck.
        if (race) {
            // An attacker who goes on by itself may act more than once in a round.
            scenario.evidence().race(rounds, Math.min(won, rounds));
        }
    }

    /** Has each event of a reply's thread judged by its letter. */
    void judgeLetters(Reply reply, Map<Character, KernelOutcome> meanings) {
        judgeLetters(eventsOf(reply.integer("tid")), reply.text("truth"), meanings);
    }

    /** Has each event judged by its letter. */
    void judgeLetters(List<SyscallEvent> events, String letters, Map<Character, KernelOutcome> meanings) {
        Violation.unless(
                "R1.1", () -> assertThat(events).as("one event of each call").hasSize(letters.length()));
        for (int i = 0; i < letters.length(); i++) {
            KernelOutcome taken = meanings.get(letters.charAt(i));
            if (taken != null) {
                tally.judge(events.get(i), taken);
            }
        }
        advanced();
    }

    /** Returns a thread's events since the last time, or all events when the thread is 0. */
    List<SyscallEvent> eventsOf(int tid) {
        return scenario.takeEvents().stream()
                .filter(event -> tid == 0 || event.caller().tid() == tid)
                .toList();
    }

    /** Returns all process events of the attacked capture up to now. */
    List<ProcessView> processes() {
        scenario.awaitRest();
        return scenario.recorder().processes();
    }

    /** Returns device and inode of a file of this attack. */
    FileId id(String name) {
        return FileId.of(actor().ask(Command.of("stat").with("path", bytes(name))));
    }

    /** A judge of a batch of calls. */
    interface Batch {
        /** Judges the i-th call. */
        void judge(SyscallEvent event, char letter, int i);
    }

    /**
     * Has all calls made by commands that answer {@code tid} and {@code truth}, a letter for each call.
     *
     * @param command the command without the number of calls
     */
    void inBatches(Command command, Batch judge) {
        for (int left = calls, more = calls * EXTRA; left > 0 || (tally.isUnwon() && more > 0); ) {
            if (left <= 0) {
                left = Math.min(calls, more);
                more -= left;
            }
            int count = Math.min(left, batch);
            long start = System.nanoTime();
            Reply reply = actor().ask(command.with("calls", count));
            String letters = reply.text("truth");
            List<SyscallEvent> events = eventsOf(reply.integer("tid"));
            if (reply.has("won")) {
                won(count, reply.number("won"));
            }
            Violation.unless(
                    "R1.1",
                    () -> assertThat(events).as("one event of each call").hasSize(letters.length()));
            for (int i = 0; i < letters.length(); i++) {
                judge.judge(events.get(i), letters.charAt(i), i);
            }
            left -= count;
            batch = System.nanoTime() - start < LONG_NANOS
                    ? Math.min(2 * batch, LARGEST_BATCH)
                    : Math.max(batch / 2, 1);
            advanced();
        }
    }
}
