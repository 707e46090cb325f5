// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.linux.OpenFlags.O_CREAT;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Plays many calls at once in a random order, and many threads that die in a call. */
final class LoadGenerator extends Player {
    private static final int PATH_ROOM = 512;
    private static final int MIXED_CALLS = 4;

    LoadGenerator(ActorProcesses processes) {
        super(processes);
    }

    /** A thread of a bulk, and the calls that it still has to make. */
    private static final class Caller {
        final Task task;
        final long path;
        final long how;
        long next;
        final long end;
        long failures;

        Caller(Task task, long first, long calls) {
            this.task = task;
            this.path = task.group().memory().reserve(PATH_ROOM);
            this.how = task.group().memory().reserve(OpenFlags.OPEN_HOW_SIZE);
            this.next = first;
            this.end = first + calls;
        }
    }

    Answer bulk(CommandLine line) {
        byte[] base = line.bytes("base");
        int threads = line.integer("threads", 1);
        long calls = line.number("calls", 1);
        long first = line.number("tag", 1);
        boolean mixed = line.number("mixed", 0) != 0;
        List<Caller> callers = new ArrayList<>();
        synchronized (kernel) {
            for (int i = 0; i < threads; i++) {
                callers.add(new Caller(kernel.thread(main.group()), first + i * calls, calls));
            }
        }
        takeTurns(callers, caller -> advance(caller, base, mixed));
        String tids = callers.stream()
                .map(caller -> Integer.toString(caller.task.tid()))
                .collect(Collectors.joining(","));
        synchronized (kernel) {
            callers.forEach(caller -> kernel.exit(caller.task));
        }
        return new Answer()
                .with("calls", calls * threads)
                .with(
                        "failures",
                        callers.stream().mapToLong(caller -> caller.failures).sum())
                .with("tgid", main.tgid())
                .with("tids", tids);
    }

    /** Takes one step of a caller; returns false when it has made all its calls. */
    private boolean advance(Caller caller, byte[] base, boolean mixed) {
        Task task = caller.task;
        if (task.call() == null) {
            if (caller.next == caller.end) {
                return false;
            }
            begin(caller, base, mixed);
            caller.next++;
        }
        kernel.step(task);
        if (task.call() == null) {
            processes.countEnded();
            if (task.lastResult() >= 0) {
                task.group().descriptors().close((int) task.lastResult());
            } else {
                caller.failures++;
            }
        }
        return true;
    }

    /**
     * Begins a call. Path, mode and call depend on the tag alone, so that an event with another thread's argument
     * shows.
     */
    private void begin(Caller caller, byte[] base, boolean mixed) {
        long tag = caller.next;
        Task task = caller.task;
        task.group().memory().write(caller.path, joined(base, "/" + tag + "\0"));
        processes.countBegun();
        switch ((int) (mixed ? tag % MIXED_CALLS : 0)) {
            case 1 -> kernel.begin(task, Syscall.OPEN, caller.path, 0, tag);
            case 2 -> kernel.begin(task, Syscall.CREAT, caller.path, tag);
            case 3 -> {
                task.group().memory().write(caller.how, ArgumentBytes.openHow(O_CREAT, tag & 07777, 0));
                kernel.begin(
                        task, Syscall.OPENAT2, OpenFlags.AT_FDCWD, caller.path, caller.how, OpenFlags.OPEN_HOW_SIZE);
            }
            default -> kernel.begin(task, Syscall.OPENAT, OpenFlags.AT_FDCWD, caller.path, 0, tag);
        }
    }

    Answer storm(CommandLine line) {
        byte[] fifo = line.bytes("path");
        int rounds = line.integer("processes", 1);
        int threads = line.integer("threads", 1);
        boolean interrupted = "signal".equals(line.text("how"));
        long before = processes.begun();
        for (int i = 0; i < rounds; i++) {
            synchronized (kernel) {
                process(fifo, threads, interrupted);
            }
        }
        return new Answer().with("begun", processes.begun() - before);
    }

    private void process(byte[] fifo, int threads, boolean interrupted) {
        Task first = processes.fork();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Task task = kernel.thread(first.group());
            tasks.add(task);
            processes.open(task, fifo, 0, 0);
        }
        for (Task task : tasks) {
            if (interrupted) {
                kernel.signal(task, Signal.HANDLED);
                processes.run(task);
            } else {
                processes.kill(task);
            }
        }
        processes.end(first.group());
    }
}
