// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.machine.SyscallNumbers;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import java.util.ArrayList;
import java.util.List;

/** Plays calls that are refused before they run, and calls that run but look refused. */
final class Refusals extends Player {

    Refusals(ActorProcesses processes) {
        super(processes);
    }

    Answer neverRan(CommandLine line) {
        long value = line.number("value", 0);
        String how = line.how("no filter refuses simulated calls by ", "errno", "notify", "sysemu", "sysemu-cont");
        Syscall syscall = line.syscall();
        byte[] a = line.bytes("a");
        int calls = line.integer("calls", 1);
        Task child = processes.fork();
        child.group().refuse(syscall, how.equals("errno") ? Math.min(value, 0) : value);
        int fd = syscall == Syscall.CONNECT ? child.group().descriptors().add(datagramSocket()) : OpenFlags.AT_FDCWD;
        long[] registers = registers(syscall, fd, ActorProcesses.path(child, a), a.length);
        for (int i = 0; i < calls; i++) {
            processes.countBegun();
            kernel.begin(child, syscall, registers.clone());
            processes.run(child);
        }
        return ended(child).with("won", calls).with("truth", "n".repeat(calls));
    }

    private static long[] registers(Syscall syscall, int fd, long memory, int length) {
        return switch (syscall) {
            case CONNECT -> new long[] {fd, memory, length};
            case OPEN -> new long[] {memory, 0, 0};
            default -> new long[] {fd, memory, 0, 0};
        };
    }

    Answer forgedSigsys(CommandLine line) {
        Syscall syscall = line.syscall();
        int number = SyscallNumbers.of(syscall, Abi.NATIVE);
        byte[] path = line.bytes("path");
        int calls = line.integer("calls", 1);
        int flood = line.integer("flood", 0);
        byte[] fifo = line.has("fifo") ? line.bytes("fifo") : path;
        List<TaskGroup> blocked = new ArrayList<>();
        if (line.number("threads", 0) > 0) {
            blocked.add(block(fifo, line.integer("threads", 0)));
        }
        Task child = processes.fork();
        Descriptors descriptors = child.group().descriptors();
        for (int fd = 0; fd < number; fd++) {
            if (descriptors.get(fd) == null) {
                descriptors.duplicate(0, fd);
            }
        }
        // The open must return its own call number, so only this descriptor is free.
        descriptors.close(number);
        kernel.pendSigsys(child);
        long[] registers = registers(syscall, OpenFlags.AT_FDCWD, ActorProcesses.path(child, path), path.length);
        Rounds rounds = new Rounds(processes, child);
        for (int i = 0; i < calls; i++) {
            processes.countBegun();
            kernel.begin(child, syscall, registers.clone());
            if (!processes.run(child)) {
                blocked.add(block(fifo, flood));
                // The other end of the FIFO lets the open go on.
                OpenFile writer = file(main, path, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK);
                processes.run(child);
                writer.release();
            }
            rounds.succeeded(child.lastResult() == number);
            ActorProcesses.closeLast(child);
        }
        processes.end(child.group());
        blocked.forEach(processes::end);
        return rounds.answer(calls);
    }

    /**
     * Opens a file while the stash is full. A task that shares the table at the entry replaces the descriptor, and is
     * gone when the call returns.
     */
    Answer visit(CommandLine line) {
        if (!"call".equals(line.text("how"))) {
            throw new RefusedException("unsupported: no simulated request waits until a visitor is there");
        }
        TaskGroup load = block(line.bytes("fifo"), line.integer("threads", 1));
        Task child = processes.fork();
        Descriptors descriptors = child.group().descriptors();
        int decoy = descriptors.add(file(child, line.bytes("b"), 0));
        long path = ActorProcesses.path(child, line.bytes("a"));
        Rounds rounds = new Rounds(processes, child);
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            Task visitor = kernel.thread(child.group());
            Call begun = kernel.begin(child, Syscall.OPENAT, OpenFlags.AT_FDCWD, path, 0, 0);
            rounds.play(begun, call -> Rounds.isInstalled(call, child), () -> {
                descriptors.duplicate(decoy, (int) begun.result());
                kernel.exit(visitor);
            });
            rounds.opened(begun);
        }
        processes.end(load);
        processes.end(child.group());
        return rounds.answer();
    }

    /** Makes a process whose threads block in opens of a FIFO. */
    private TaskGroup block(byte[] fifo, int threads) {
        Task first = processes.fork();
        long path = ActorProcesses.path(first, fifo);
        for (int i = 0; i < threads; i++) {
            processes.open(kernel.thread(first.group()), path, 0, 0);
        }
        return first.group();
    }
}
