// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.time.Duration;
import java.util.Optional;

/** A call that the actor makes on a thread of its own, because it blocks. */
final class Job {
    private final Actor actor;
    private final Reply started;
    private final Duration patience;

    /**
     * Starts the call.
     *
     * @param patience the longest time until the call blocks
     */
    Job(Actor actor, WatchedCall call, Duration patience) {
        this.actor = actor;
        this.started = actor.ask(call.command("start"));
        this.patience = patience;
    }

    int tid() {
        return started.integer("tid");
    }

    ThreadInfo thread() {
        return ThreadInfo.of(actor, started.integer("tgid"), tid());
    }

    Job awaitBlocked() {
        if (actor.isHere()) {
            new ProcThread(started.integer("tgid"), tid()).awaitBlocked(patience);
        } else {
            actor.ask(Command.of("blocked").with("job", started.number("job")));
        }
        return this;
    }

    /**
     * Makes the thread, which was {@linkplain WatchedCall#pinned() pinned}, wake on another processor, if there is any.
     */
    void move() {
        actor.ask(Command.of("move").with("job", started.number("job")));
    }

    /** Waits for the call's return. */
    Outcome finish() {
        return new Outcome(actor.ask(Command.of("wait").with("job", started.number("job"))));
    }

    /** Returns the outcome when the call returns within some milliseconds, and ends the job; else returns empty. */
    Optional<Outcome> finishWithin(long millis) {
        return actor.askPatiently(
                        Command.of("wait").with("job", started.number("job")).with("millis", millis))
                .map(Outcome::new);
    }

    /** Interrupts the call by a handled signal. */
    void signal(boolean restart) {
        actor.ask(Command.of("signal").with("job", started.number("job")).with("restart", restart ? 1 : 0));
    }
}
