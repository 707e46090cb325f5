// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Plays calls of which an attacker changes an argument between any two steps, at random. The attacker is a separate
 * process: it shares only the memory with the caller.
 */
final class Races {
    private static final int ACCESS_MODE = 3;
    /** The attacker acts at one step in this many, on average. */
    private static final int RARITY = 3;

    private final ActorProcesses processes;
    private final Kernel kernel;
    private final Task task;

    Races(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
        this.task = processes.main();
    }

    /** The goals of an attacker. */
    private enum Aim {
        LOOP(Integer.MAX_VALUE),
        SWEEP(1),
        BACK(2),
        LATE(0),
        COLD(1);

        /** The most writes within a call. */
        final int most;

        Aim(int most) {
            this.most = most;
        }

        static Aim of(@Nullable String name) {
            return Arrays.stream(values())
                    .filter(aim -> aim.name().toLowerCase(Locale.ROOT).equals(name))
                    .findFirst()
                    .orElseThrow(() -> new RefusedException("unsupported: a simulated attacker has no aim " + name));
        }
    }

    Answer race(CommandLine line, Handles handles, Pointers pointers) {
        Aim aim = Aim.of(line.text("aim"));
        Syscall syscall = Syscall.valueOf(String.valueOf(line.text("name")).toUpperCase(Locale.ROOT));
        byte[][] versions = {terminated(line.bytes("a")), terminated(line.bytes("b"))};
        int calls = line.integer("calls", 1000);
        StringBuilder truth = new StringBuilder();
        for (int i = 0; i < calls; i++) {
            synchronized (kernel) {
                long memory = aim == Aim.COLD
                        ? task.group().memory().placeCold(versions[0], 0)
                        : task.group().memory().place(versions[0]);
                long[] registers = registers(line, syscall, memory, handles, pointers, i);
                long result = play(line, syscall, registers, aim, memory, versions);
                truth.append(side(line, syscall, registers, result));
                task.group().memory().unmap(memory);
            }
        }
        return new Answer().with("tid", task.tid()).with("truth", truth);
    }

    /** Runs one call to its end, with the attacker's writes between its steps; returns its result. */
    private long play(CommandLine line, Syscall syscall, long[] registers, Aim aim, long memory, byte[][] versions) {
        processes.countBegun();
        Call call = "io_uring".equals(line.text("via"))
                ? kernel.submit(task, syscall, false, registers)
                : kernel.begin(task, syscall, abi(line), registers);
        int acts = 0;
        while (task.call() != null) {
            // The attacker's write must not fetch the page before the kernel does.
            boolean canAct = aim != Aim.COLD || task.group().memory().isResident(memory);
            if (canAct && acts < aim.most && processes.random().nextInt(RARITY) == 0) {
                task.group().memory().write(memory, versions[++acts & 1]);
            } else {
                kernel.step(task);
            }
        }
        processes.countEnded();
        if (aim == Aim.LATE) {
            task.group().memory().write(memory, versions[1]);
        }
        return call.result();
    }

    private long[] registers(
            CommandLine line, Syscall syscall, long memory, Handles handles, Pointers pointers, int i) {
        long mode = line.number("tag", 1) + i;
        long flags = line.number("flags", 0);
        int dirfd = handles.get(line.text("dirfd"), OpenFlags.AT_FDCWD);
        String path = line.text("path");
        return switch (syscall) {
            case OPEN -> new long[] {memory, flags, mode};
            case CREAT -> new long[] {memory, mode};
            case OPENAT -> new long[] {dirfd, memory, flags, mode};
            case OPENAT2 ->
                path == null
                        ? new long[] {
                            dirfd,
                            memory,
                            task.group().memory().place(new byte[OpenFlags.OPEN_HOW_SIZE]),
                            OpenFlags.OPEN_HOW_SIZE
                        }
                        : new long[] {dirfd, pointers.make(path).address(), memory, OpenFlags.OPEN_HOW_SIZE};
            case CONNECT -> new long[] {handles.get(line.text("fd"), -1), memory, line.bytes("a").length};
        };
    }

    /** Returns the letter of the version that the call took; x when that cannot be told. */
    private char side(CommandLine line, Syscall syscall, long[] registers, long result) {
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        if (result < 0) {
            return side(result == line.number("error_a", 1), result == line.number("error_b", 1));
        }
        if (syscall == Syscall.CONNECT) {
            OpenFile file = task.descriptor((int) registers[0]);
            byte[] peer = file != null && file.privateData() instanceof Socket socket
                    ? kernel.network().peerName(socket)
                    : null;
            return side(Arrays.equals(peer, a), Arrays.equals(peer, b));
        }
        OpenFile file = task.descriptor((int) result);
        if (file == null) {
            return 'x';
        }
        long access = file.flags() & ACCESS_MODE;
        Inode inode = file.inode();
        task.group().descriptors().close((int) result);
        return line.has("path")
                ? side(access == (a[0] & ACCESS_MODE), access == (b[0] & ACCESS_MODE))
                : side(isAt(inode, a), isAt(inode, b));
    }

    private boolean isAt(Inode inode, byte[] path) {
        return kernel.files().stat(task, path).inode() == inode;
    }

    private static char side(boolean isA, boolean isB) {
        return isA == isB ? 'x' : isA ? 'a' : 'b';
    }

    private static Abi abi(CommandLine line) {
        String name = line.text("abi");
        return name == null ? Abi.NATIVE : Abi.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static byte[] terminated(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
