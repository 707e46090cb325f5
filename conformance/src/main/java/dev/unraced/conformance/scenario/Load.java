// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A command that the actor carries out while the test does something else. For one thread. */
public final class Load {
    private final CompletableFuture<Void> answer = new CompletableFuture<>();

    private Load() {}

    /** Has the actor begin. */
    public static Load of(Actor actor, Command command) {
        Load load = new Load();
        Thread asker = new Thread(() -> load.ask(actor, command), "unraced-load");
        asker.setDaemon(true);
        asker.start();
        return load;
    }

    private void ask(Actor actor, Command command) {
        try {
            actor.ask(command);
            answer.complete(null);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Returns whether the actor is not done. */
    public boolean isUnderWay() {
        return !answer.isDone();
    }

    /**
     * Waits for the actor.
     *
     * @throws ActorException when it failed: then no driver is to blame for calls that are missing
     */
    public void end() throws InterruptedException {
        try {
            answer.get();
        } catch (ExecutionException e) {
            throw new ActorException("the kit's own load failed, no rule was judged: " + e.getCause());
        }
    }
}
