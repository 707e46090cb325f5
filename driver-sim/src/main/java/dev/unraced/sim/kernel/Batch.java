// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.Syscall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that a thread submits to an io_uring together. The kernel carries them out one after the other, and posts
 * their completions when all are done: io_submit_sqes of io_uring/io_uring.c.
 */
public final class Batch {
    private final Task submitter;
    private final IoUring ring;
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

    Batch(Task submitter, IoUring ring) {
        this.submitter = submitter;
        this.ring = ring;
    }

    /** Adds a watched call. */
    public Call call(Syscall syscall, long... registers) {
        Call request = ring.request(submitter, syscall, registers);
        waiting.add(new Item(request, null));
        return request;
    }

    /** Adds an IORING_OP_CLOSE. */
    public void close(int fd) {
        other(task -> task.group.descriptors.close(fd));
    }

    /** Adds a request that consumes an object, such as IORING_OP_READ or IORING_OP_SEND. */
    public void other(Consumer<Task> effect) {
        waiting.add(new Item(null, effect));
    }

    @Nullable
    Item next() {
        return waiting.poll();
    }
}
