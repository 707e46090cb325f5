// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Plays calls of one thread whose argument another thread rewrites at any step. The answer tells which version each
 * call took.
 */
final class Flips {
    private static final int ROOM = 8192;

    private final ActorProcesses processes;
    private final Kernel kernel;

    Flips(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
    }

    /** Makes N calls of openat on two existing files. */
    Answer open(CommandLine line) {
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        Inode first;
        Inode second;
        synchronized (kernel) {
            first = kernel.files().stat(processes.main(), a).inode();
            second = kernel.files().stat(processes.main(), b).inode();
        }
        if (first == null || second == null) {
            throw new RefusedException("a= and b= must exist");
        }
        Task task = processes.main();
        long tag = line.number("tag", 1);
        return flip(
                line,
                (buffer, i) -> kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, OpenFlags.AT_FDCWD, buffer, 0, tag + i),
                () -> {
                    OpenFile file = task.lastResult() < 0 ? null : task.descriptor((int) task.lastResult());
                    if (file == null) {
                        return 'x';
                    }
                    Inode inode = file.inode();
                    task.group().descriptors().close((int) task.lastResult());
                    return inode == first ? 'a' : inode == second ? 'b' : 'x';
                });
    }

    /** Makes N calls of connect on one datagram socket, which takes any address at once. */
    Answer connect(CommandLine line, Handles handles) {
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        int fd = handles.get(line.text("fd"), -1);
        Task task = processes.main();
        return flip(line, (buffer, i) -> kernel.begin(task, Syscall.CONNECT, Abi.NATIVE, fd, buffer, a.length), () -> {
            OpenFile file = task.descriptor(fd);
            byte[] peer = file != null && file.privateData() instanceof Socket socket
                    ? kernel.network().peerName(socket)
                    : null;
            if (task.lastResult() != 0 || peer == null) {
                return 'x';
            }
            return Arrays.equals(peer, a) ? 'a' : Arrays.equals(peer, b) ? 'b' : 'x';
        });
    }

    /** Begins the i-th call on a buffer. */
    private interface Beginning {
        void begin(long buffer, int i);
    }

    private Answer flip(CommandLine line, Beginning beginning, Supplier<Character> truth) {
        int calls = line.integer("calls", 1000);
        Task task = processes.main();
        byte[][] texts = {terminated(line.bytes("a")), terminated(line.bytes("b"))};
        long buffer;
        synchronized (kernel) {
            buffer = task.group().memory().reserve(ROOM);
            task.group().memory().write(buffer, texts[0]);
        }
        StringBuilder truths = new StringBuilder();
        int shown = 0;
        for (int i = 0; i < calls; i++) {
            synchronized (kernel) {
                processes.countBegun();
                beginning.begin(buffer, i);
                while (task.call() != null) {
                    if (processes.random().nextInt(3) == 0) {
                        shown = 1 - shown;
                        task.group().memory().write(buffer, texts[shown]);
                    } else {
                        kernel.step(task);
                    }
                }
                processes.countEnded();
                truths.append((char) truth.get());
            }
        }
        return new Answer().with("tid", task.tid()).with("truth", truths);
    }

    private static byte[] terminated(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
