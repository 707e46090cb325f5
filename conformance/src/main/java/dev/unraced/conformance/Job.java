// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.Optional;

/** A call that the actor makes on a thread of its own, because it blocks. */
final class Job {
    private final Actor actor;
    private final Reply started;
    private final ThreadInfo thread;

    Job(Actor actor, WatchedCall call) {
        this.actor = actor;
        this.started = actor.ask(call.command("start"));
        this.thread = new ThreadInfo(started.integer("tgid"), tid());
    }

    int tid() {
        return started.integer("tid");
    }

    ThreadInfo thread() {
        return thread;
    }

    Job awaitBlocked() {
        if (actor.isHere()) {
            thread.awaitBlocked();
        } else {
            actor.ask(Command.of("blocked").with("job", started.number("job")));
        }
        return this;
    }

    /** Waits for the call's return. */
    Outcome finish() {
        return new Outcome(actor.ask(Command.of("wait").with("job", started.number("job"))));
    }

    /** Whether the call returns within some milliseconds; then the job is over. */
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
