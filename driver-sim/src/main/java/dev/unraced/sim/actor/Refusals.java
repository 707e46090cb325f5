// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.event.Sockaddr.AF_INET;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.SyscallNumbers;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import dev.unraced.sim.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Plays calls that are refused before they run, and calls that run but look refused. */
final class Refusals {

    private final ActorProcesses processes;
    private final Kernel kernel;

    Refusals(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
    }

    Answer neverRan(CommandLine line) {
        long value = line.number("value", 0);
        long result = switch (String.valueOf(line.text("how"))) {
            case "errno" -> Math.min(value, 0);
            case "notify", "sysemu", "sysemu-cont" -> value;
            default ->
                throw new RefusedException("unsupported: no filter refuses simulated calls by " + line.text("how"));
        };
        Syscall syscall = syscall(line);
        byte[] a = line.bytes("a");
        int calls = line.integer("calls", 1);
        Task child = processes.fork();
        child.group().refuse(syscall, result);
        long memory = syscall == Syscall.CONNECT ? child.group().memory().place(a) : ActorProcesses.path(child, a);
        int fd = syscall == Syscall.CONNECT ? socket(child) : OpenFlags.AT_FDCWD;
        for (int i = 0; i < calls; i++) {
            processes.countBegun();
            switch (syscall) {
                case CONNECT -> kernel.begin(child, syscall, Abi.NATIVE, fd, memory, a.length);
                case OPEN -> kernel.begin(child, syscall, Abi.NATIVE, memory, 0, 0);
                default -> kernel.begin(child, syscall, Abi.NATIVE, fd, memory, 0, 0);
            }
            processes.run(child);
        }
        return ended(child, "n".repeat(calls), calls);
    }

    private int socket(Task child) {
        Socket socket =
                kernel.network().socket(AF_INET, SocketTypes.SOCK_DGRAM, 0).socket();
        return child.group().descriptors().add(kernel.files().socketFile(Objects.requireNonNull(socket)));
    }

    Answer forgedSigsys(CommandLine line) {
        Syscall syscall = syscall(line);
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
        long memory = ActorProcesses.path(child, path);
        StringBuilder truth = new StringBuilder();
        for (int i = 0; i < calls; i++) {
            processes.countBegun();
            if (syscall == Syscall.OPEN) {
                kernel.begin(child, syscall, Abi.NATIVE, memory, 0, 0);
            } else {
                kernel.begin(child, syscall, Abi.NATIVE, OpenFlags.AT_FDCWD, memory, 0, 0);
            }
            if (!processes.run(child)) {
                blocked.add(block(fifo, flood));
                OpenFile writer = writer(path);
                processes.run(child);
                writer.release();
            }
            truth.append(child.lastResult() == number ? 'a' : 'x');
            if (child.lastResult() >= 0) {
                descriptors.close((int) child.lastResult());
            }
        }
        Answer answer = ended(child, truth.toString(), calls);
        blocked.forEach(processes::end);
        return answer;
    }

    /**
     * Opens a file while the stash is full. A task that shares the table at the entry replaces the descriptor, and is
     * gone when the call returns.
     */
    Answer visit(CommandLine line) {
        if (!"call".equals(line.text("how"))) {
            throw new RefusedException("unsupported: no simulated request waits until a visitor is there");
        }
        TaskGroup crowd = block(line.bytes("fifo"), line.integer("threads", 1));
        Task child = processes.fork();
        Descriptors descriptors = child.group().descriptors();
        int decoy = descriptors.add(Objects.requireNonNull(kernel.files()
                .open(child, OpenFlags.AT_FDCWD, line.bytes("b"), new OpenRequest(0, 0, 0))
                .file()));
        long path = ActorProcesses.path(child, line.bytes("a"));
        StringBuilder truth = new StringBuilder();
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            Task visitor = kernel.thread(child.group());
            processes.countBegun();
            Call call = kernel.begin(child, Syscall.OPENAT, Abi.NATIVE, OpenFlags.AT_FDCWD, path, 0, 0);
            while (!call.isIssued() || child.descriptor((int) call.result()) == null) {
                kernel.step(child);
            }
            descriptors.duplicate(decoy, (int) call.result());
            kernel.exit(visitor);
            kernel.run(child);
            processes.countEnded();
            truth.append('a');
            descriptors.close((int) call.result());
        }
        processes.end(crowd);
        return ended(child, truth.toString(), calls);
    }

    /** Makes a process whose threads block in opens of a FIFO. */
    private TaskGroup block(byte[] fifo, int threads) {
        Task first = processes.fork();
        for (int i = 0; i < threads; i++) {
            Task thread = kernel.thread(first.group());
            processes.openat(thread, ActorProcesses.path(thread, fifo), 0);
            processes.run(thread);
        }
        return first.group();
    }

    /** Opens the other end of a FIFO without a call, so that the observer sees none. */
    private OpenFile writer(byte[] fifo) {
        OpenRequest request = new OpenRequest(OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, 0, 0);
        return Objects.requireNonNull(kernel.files()
                .open(processes.main(), OpenFlags.AT_FDCWD, fifo, request)
                .file());
    }

    private Answer ended(Task child, String truth, int won) {
        int tid = child.tid();
        processes.end(child.group());
        return new Answer().with("tid", tid).with("won", won).with("truth", truth);
    }

    private static Syscall syscall(CommandLine line) {
        return Syscall.valueOf(String.valueOf(line.text("name")).toUpperCase(Locale.ROOT));
    }
}
