// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.linux.OpenFlags.O_RDWR;

import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Plays many threads that block in opens at the same time, each with its own name for the FIFO. */
final class Queue extends Player {
    /** The waiting threads are let through at one step in this many, on average. */
    private static final int RARELY = 500;

    Queue(ActorProcesses processes) {
        super(processes);
    }

    /** A thread, and the number of opens that it has begun. */
    private static final class Waiting {
        final Task task;
        final byte[] link;
        final long path;
        long round;

        Waiting(Task task, byte[] link) {
            this.task = task;
            this.link = link;
            this.path = ActorProcesses.path(task, link);
        }
    }

    Answer run(CommandLine line) {
        byte[] fifo = line.bytes("path");
        byte[] directory = line.bytes("directory");
        int threads = line.integer("threads", 1);
        long rounds = line.number("rounds", 1);
        List<Waiting> all = new ArrayList<>();
        synchronized (kernel) {
            for (int i = 0; i < threads; i++) {
                all.add(join(fifo, directory));
            }
        }
        AtomicLong releases = new AtomicLong();
        long path = ActorProcesses.path(main, fifo);
        takeTurns(all, waiting -> {
            boolean hasMore = advance(waiting, rounds);
            if (processes.random().nextInt(RARELY) == 0) {
                processes.open(main, path, O_RDWR, 0);
                ActorProcesses.closeLast(main);
                releases.incrementAndGet();
            }
            return hasMore;
        });
        synchronized (kernel) {
            all.forEach(this::leave);
        }
        return new Answer()
                .with("calls", rounds * threads)
                .with("releases", releases)
                .with("tid", main.tid());
    }

    private Waiting join(byte[] fifo, byte[] directory) {
        Task task = kernel.thread(main.group());
        byte[] link = joined(directory, "/" + task.tid());
        kernel.files().symlink(main, fifo, link);
        return new Waiting(task, link);
    }

    private void leave(Waiting waiting) {
        kernel.files().unlink(main, waiting.link);
        kernel.exit(waiting.task);
    }

    /** Takes a step of a thread if it can; returns false when the thread has made all its opens. */
    private boolean advance(Waiting waiting, long rounds) {
        Task task = waiting.task;
        if (task.call() == null) {
            if (waiting.round == rounds) {
                return false;
            }
            processes.openat(task, waiting.path, 0, waiting.round++);
        }
        if (!kernel.canStep(task)) {
            return true;
        }
        kernel.step(task);
        if (task.call() == null) {
            processes.countEnded();
            ActorProcesses.closeLast(task);
        }
        return true;
    }
}
