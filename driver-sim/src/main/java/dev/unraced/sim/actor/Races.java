// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Plays calls of which an attacker changes an argument between any two steps, at random. The attacker is a separate
 * process: it shares only the memory with the caller.
 */
final class Races extends Player {
    private static final int ACCESS_MODE = 3;
    /** The attacker acts at one step in this many, on average. */
    private static final int RARITY = 3;

    Races(ActorProcesses processes) {
        super(processes);
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
        Syscall syscall = line.syscall();
        byte[][] versions = {terminated(line.bytes("a")), terminated(line.bytes("b"))};
        int calls = line.integer("calls", 1000);
        Rounds rounds = new Rounds(processes, main);
        for (int i = 0; i < calls; i++) {
            synchronized (kernel) {
                long memory = aim == Aim.COLD
                        ? main.group().memory().placeCold(versions[0], 0)
                        : main.group().memory().place(versions[0]);
                long[] registers = registers(line, syscall, memory, handles, pointers, i);
                long result = play(line, syscall, registers, aim, memory, versions, rounds);
                judge(line, syscall, registers, result, rounds);
                main.group().memory().unmap(memory);
            }
        }
        return new Answer().with("tid", main.tid()).with("truth", rounds.truth());
    }

    /** Runs one call to its end, with the attacker's writes between its steps; returns its result. */
    private long play(
            CommandLine line,
            Syscall syscall,
            long[] registers,
            Aim aim,
            long memory,
            byte[][] versions,
            Rounds rounds) {
        Call begun = line.isVia("io_uring")
                ? kernel.submit(main, syscall, false, registers)
                : kernel.begin(main, syscall, line.abi(), registers);
        Rounds.Attacker attacker = rewriting(RARITY, memory, versions);
        rounds.play(begun, (call, acts) -> {
            // The attacker's write must not fetch the page before the kernel does.
            boolean canAct = aim != Aim.COLD || main.group().memory().isResident(memory);
            return canAct && acts < aim.most && attacker.act(call, acts);
        });
        if (aim == Aim.LATE) {
            main.group().memory().write(memory, versions[1]);
        }
        return begun.result();
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
                            main.group().memory().place(new byte[OpenFlags.OPEN_HOW_SIZE]),
                            OpenFlags.OPEN_HOW_SIZE
                        }
                        : new long[] {dirfd, pointers.make(path).address(), memory, OpenFlags.OPEN_HOW_SIZE};
            case CONNECT -> new long[] {handles.get(line.text("fd"), -1), memory, line.bytes("a").length};
        };
    }

    /** Notes which version the call took. */
    private void judge(CommandLine line, Syscall syscall, long[] registers, long result, Rounds rounds) {
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        if (result < 0) {
            rounds.took(result == line.number("error_a", 1), result == line.number("error_b", 1));
            return;
        }
        if (syscall == Syscall.CONNECT) {
            byte[] peer = peer((int) registers[0]);
            rounds.took(Arrays.equals(peer, a), Arrays.equals(peer, b));
            return;
        }
        OpenFile file = main.descriptor((int) result);
        if (file == null) {
            rounds.took('x');
            return;
        }
        long access = file.flags() & ACCESS_MODE;
        if (line.has("path")) {
            rounds.took(access == (a[0] & ACCESS_MODE), access == (b[0] & ACCESS_MODE));
        } else {
            rounds.took(isAt(file.inode(), a), isAt(file.inode(), b));
        }
        main.group().descriptors().close((int) result);
    }

    private boolean isAt(Inode inode, byte[] path) {
        return kernel.files().stat(main, path).inode() == inode;
    }
}
