// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.sim.fs.OpenFlags;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Plays threads that take over another thread's id, by reuse, exec and vfork, and a thread whose last sibling ends. */
final class Identities {
    private final Company company;
    private final Kernel kernel;

    Identities(Company company) {
        this.company = company;
        this.kernel = company.kernel();
    }

    Answer reuse(CommandLine line) {
        byte[] fifo = line.bytes("path");
        byte[] other = line.bytes("other");
        long tag = line.number("tag", 1);
        int rounds = line.integer("rounds", 1);
        List<String> tids = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            Task first = company.fork();
            company.openat(first, Company.path(first, fifo), 0);
            company.run(first);
            company.kill(first);
            Task second = company.forkAs(first.tid());
            company.openat(second, Company.path(second, other), tag + i);
            company.run(second);
            tids.add(Integer.toString(second.tid()));
            company.end(second.group());
        }
        return new Answer().with("rounds", rounds).with("tids", String.join(",", tids));
    }

    /** A thread blocks in an open; the exec of a second thread kills it, and takes over its id. */
    Answer exec(CommandLine line) {
        byte[] fifo = line.bytes("path");
        Task first = company.fork();
        Task second = kernel.thread(first.group());
        company.openat(first, Company.path(first, fifo), 0);
        company.run(first);
        kernel.beginExec(second, company.random().nextBoolean() ? Signal.KILL : Signal.VANISH);
        kernel.run(first);
        kernel.endExec(second, second.comm());
        company.openat(second, Company.path(second, line.bytes("other")), line.number("tag", 1));
        company.run(second);
        int tid = second.tid();
        company.end(second.group());
        return new Answer().with("tid", tid);
    }

    /** The child's second thread, which shares its descriptors, ends while the first waits in an open. */
    Answer left(CommandLine line) {
        byte[] fifo = line.bytes("path");
        long tag = line.number("tag", 1);
        Task main = company.main();
        Task child = company.fork();
        Task second = kernel.thread(child.group());
        company.openat(child, Company.path(child, fifo), tag);
        company.run(child);
        kernel.exit(second);
        company.openat(main, Company.path(main, fifo), OpenFlags.O_WRONLY, tag + 1);
        company.run(main);
        int fd = (int) main.lastResult();
        company.run(child);
        if (fd >= 0) {
            main.group().descriptors().close(fd);
        }
        int tid = child.tid();
        company.end(child.group());
        return new Answer().with("tid", tid);
    }

    /** The child opens and executes in its parent's memory, while the parent waits. */
    Answer vfork(CommandLine line) {
        Task parent = company.main();
        byte[] second = line.bytes("child");
        long tag = line.number("tag", 1);
        long memory = Company.path(parent, line.bytes("path"));
        company.openat(parent, memory, tag);
        company.run(parent);
        Task child = company.vfork();
        child.group().memory().write(memory, Arrays.copyOf(second, second.length + 1));
        company.openat(child, memory, tag + 1);
        company.run(child);
        kernel.beginExec(child, Signal.KILL);
        kernel.endExec(child, child.comm());
        company.openat(child, Company.path(child, line.bytes("program")), tag + 2);
        company.run(child);
        company.openat(parent, memory, tag + 3);
        company.run(parent);
        int id = child.tid();
        company.end(child.group());
        return new Answer().with("tid", parent.tid()).with("child", id);
    }
}
