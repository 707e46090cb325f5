// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Plays threads that take over another thread's id, by reuse, exec and vfork, and a thread whose last sibling ends. */
final class Identities {
    private final ActorProcesses processes;
    private final Kernel kernel;

    Identities(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
    }

    Answer reuse(CommandLine line) {
        byte[] fifo = line.bytes("path");
        byte[] other = line.bytes("other");
        long tag = line.number("tag", 1);
        int rounds = line.integer("rounds", 1);
        List<String> tids = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            Task first = processes.fork();
            processes.openat(first, ActorProcesses.path(first, fifo), 0);
            processes.run(first);
            processes.kill(first);
            Task second = processes.forkAs(first.tid());
            processes.openat(second, ActorProcesses.path(second, other), tag + i);
            processes.run(second);
            tids.add(Integer.toString(second.tid()));
            processes.end(second.group());
        }
        return new Answer().with("rounds", rounds).with("tids", String.join(",", tids));
    }

    /** A thread blocks in an open; the exec of a second thread kills it, and takes over its id. */
    Answer exec(CommandLine line) {
        byte[] fifo = line.bytes("path");
        Task first = processes.fork();
        Task second = kernel.thread(first.group());
        processes.openat(first, ActorProcesses.path(first, fifo), 0);
        processes.run(first);
        kernel.beginExec(second, processes.random().nextBoolean() ? Signal.KILL : Signal.VANISH);
        kernel.run(first);
        kernel.endExec(second, second.comm());
        processes.openat(second, ActorProcesses.path(second, line.bytes("other")), line.number("tag", 1));
        processes.run(second);
        int tid = second.tid();
        processes.end(second.group());
        return new Answer().with("tid", tid);
    }

    /** The child's second thread, which shares its descriptors, ends while the first waits in an open. */
    Answer left(CommandLine line) {
        byte[] fifo = line.bytes("path");
        long tag = line.number("tag", 1);
        Task main = processes.main();
        Task child = processes.fork();
        Task second = kernel.thread(child.group());
        processes.openat(child, ActorProcesses.path(child, fifo), tag);
        processes.run(child);
        kernel.exit(second);
        processes.openat(main, ActorProcesses.path(main, fifo), OpenFlags.O_WRONLY, tag + 1);
        processes.run(main);
        int fd = (int) main.lastResult();
        processes.run(child);
        if (fd >= 0) {
            main.group().descriptors().close(fd);
        }
        int tid = child.tid();
        processes.end(child.group());
        return new Answer().with("tid", tid);
    }

    /** The child opens and executes in its parent's memory, while the parent waits. */
    Answer vfork(CommandLine line) {
        Task parent = processes.main();
        byte[] second = line.bytes("child");
        long tag = line.number("tag", 1);
        long memory = ActorProcesses.path(parent, line.bytes("path"));
        processes.openat(parent, memory, tag);
        processes.run(parent);
        Task child = processes.vfork();
        child.group().memory().write(memory, Arrays.copyOf(second, second.length + 1));
        processes.openat(child, memory, tag + 1);
        processes.run(child);
        kernel.beginExec(child, Signal.KILL);
        kernel.endExec(child, child.comm());
        processes.openat(child, ActorProcesses.path(child, line.bytes("program")), tag + 2);
        processes.run(child);
        processes.openat(parent, memory, tag + 3);
        processes.run(parent);
        int id = child.tid();
        processes.end(child.group());
        return new Answer().with("tid", parent.tid()).with("child", id);
    }
}
