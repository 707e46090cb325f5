// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Descriptors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Plays submissions of several requests, of which later ones undo the effects of earlier ones. */
final class Batches extends Player {
    Batches(ActorProcesses processes) {
        super(processes);
    }

    Answer play(CommandLine line) {
        if (line.number("linked", 0) != 0 || line.number("polled", 0) != 0) {
            throw new RefusedException("unsupported: the simulated kernel submits plain batches alone");
        }
        String how = line.how("the simulated kernel has no batch of the kind ", "reopen", "close", "reconnect");
        int calls = line.integer("calls", 1);
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        Rounds rounds = new Rounds(processes, main);
        if (how.equals("reconnect")) {
            connects(a, b, calls, rounds);
        } else {
            opens(a, b, calls, how.equals("reopen"), rounds);
        }
        return rounds.answer(calls);
    }

    private void opens(byte[] a, byte[] b, int calls, boolean again, Rounds rounds) {
        Inode first = Objects.requireNonNull(kernel.files().stat(main, a).inode());
        Inode second = Objects.requireNonNull(kernel.files().stat(main, b).inode());
        long pathOfA = ActorProcesses.path(main, a);
        long pathOfB = ActorProcesses.path(main, b);
        for (int i = 0; i < calls; i++) {
            List<Call> opens = new ArrayList<>();
            int next = nextDescriptor();
            kernel.submitTogether(main, requests -> {
                opens.add(requests.call(Syscall.OPENAT, OpenFlags.AT_FDCWD, pathOfA, 0, 0));
                requests.close(next);
                if (again) {
                    opens.add(requests.call(Syscall.OPENAT, OpenFlags.AT_FDCWD, pathOfB, 0, 0));
                }
            });
            finish(opens.size());
            for (Call open : opens) {
                rounds.tookFile(open.file(), first, second);
            }
            main.group().descriptors().close(next);
        }
    }

    private void connects(byte[] a, byte[] b, int calls, Rounds rounds) {
        Descriptors descriptors = main.group().descriptors();
        int fd = descriptors.add(socketFile(a, SocketTypes.SOCK_DGRAM));
        long addressOfA = main.group().memory().place(a);
        long addressOfB = main.group().memory().place(b);
        for (int i = 0; i < calls; i++) {
            List<Call> connects = new ArrayList<>();
            kernel.submitTogether(main, requests -> {
                connects.add(requests.call(Syscall.CONNECT, fd, addressOfA, a.length));
                requests.other(sender -> {
                    // The datagram has no effect here.
                });
                connects.add(requests.call(Syscall.CONNECT, fd, addressOfB, b.length));
            });
            finish(2);
            for (Call connect : connects) {
                rounds.tookAddress(connect, a);
            }
        }
        descriptors.close(fd);
    }

    private void finish(int watched) {
        kernel.run(main);
        for (int i = 0; i < watched; i++) {
            processes.countBegun();
            processes.countEnded();
        }
    }

    /** Returns the descriptor that the next open will return. */
    private int nextDescriptor() {
        Descriptors descriptors = main.group().descriptors();
        OpenFile any = Objects.requireNonNull(descriptors.get(0));
        any.retain();
        int next = descriptors.add(any);
        descriptors.close(next);
        return next;
    }
}
