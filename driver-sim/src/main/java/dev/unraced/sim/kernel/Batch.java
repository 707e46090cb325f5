// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that a thread submits to an io_uring together. The kernel carries them out one after the other, and posts
 * their completions when all are done: io_submit_sqes of io_uring/io_uring.c.
 */
public final class Batch {
    private final Deque<Item> waiting = new ArrayDeque<>();
    final Deque<Call> issued = new ArrayDeque<>();
    boolean isFlushing;

    /**
     * One request.
     *
     * @param call null when the request is not a watched call
     * @param other the effect of a request that is not a watched call
     */
    record Item(@Nullable Call call, @Nullable Consumer<Task> other) {}

    Batch() {}

    void add(Call call) {
        waiting.add(new Item(call, null));
    }

    void add(Consumer<Task> other) {
        waiting.add(new Item(null, other));
    }

    @Nullable
    Item next() {
        return waiting.poll();
    }
}
