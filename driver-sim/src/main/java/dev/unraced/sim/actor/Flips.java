// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.kernel.Call;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Plays calls of one thread whose argument another thread rewrites at any step. The answer tells which version each
 * call took.
 */
final class Flips extends Player {
    private static final int ROOM = 8192;
    /** The other thread writes at one step in this many, on average. */
    private static final int RARITY = 3;

    Flips(ActorProcesses processes) {
        super(processes);
    }

    /** Makes N calls of openat on two existing files. */
    Answer open(CommandLine line) {
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        Inode first;
        Inode second;
        synchronized (kernel) {
            first = kernel.files().stat(main, a).inode();
            second = kernel.files().stat(main, b).inode();
        }
        if (first == null || second == null) {
            throw new RefusedException("a= and b= must exist");
        }
        long tag = line.number("tag", 1);
        return flip(
                line,
                (buffer, i) -> kernel.begin(main, Syscall.OPENAT, OpenFlags.AT_FDCWD, buffer, 0, tag + i),
                rounds -> {
                    rounds.tookFile(main.descriptor((int) main.lastResult()), first, second);
                    ActorProcesses.closeLast(main);
                });
    }

    /** Makes N calls of connect on one datagram socket, which takes any address at once. */
    Answer connect(CommandLine line, Handles handles) {
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        int fd = handles.get(line.text("fd"), -1);
        return flip(line, (buffer, i) -> kernel.begin(main, Syscall.CONNECT, fd, buffer, a.length), rounds -> {
            byte[] peer = main.lastResult() == 0 ? peer(fd) : null;
            rounds.took(Arrays.equals(peer, a) ? 'a' : Arrays.equals(peer, b) ? 'b' : 'x');
        });
    }

    /** Begins the i-th call on a buffer. */
    private interface Beginning {
        Call begin(long buffer, int i);
    }

    private Answer flip(CommandLine line, Beginning beginning, Consumer<Rounds> truth) {
        int calls = line.integer("calls", 1000);
        byte[][] texts = {terminated(line.bytes("a")), terminated(line.bytes("b"))};
        long buffer;
        synchronized (kernel) {
            buffer = main.group().memory().reserve(ROOM);
            main.group().memory().write(buffer, texts[0]);
        }
        Rounds rounds = new Rounds(processes, main);
        Rounds.Attacker attacker = rewriting(RARITY, buffer, texts);
        for (int i = 0; i < calls; i++) {
            synchronized (kernel) {
                // A call begins with the version that the last call ended with.
                rounds.play(beginning.begin(buffer, i), (call, acts) -> attacker.act(call, rounds.acts()));
                truth.accept(rounds);
            }
        }
        return new Answer().with("tid", main.tid()).with("truth", rounds.truth());
    }
}
