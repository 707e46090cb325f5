// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Plays submissions of several requests, of which later ones undo the effects of earlier ones. */
final class Batches {
    private final ActorProcesses processes;
    private final Kernel kernel;
    private final Task main;

    Batches(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
        this.main = processes.main();
    }

    Answer play(CommandLine line) {
        if (line.number("linked", 0) != 0 || line.number("polled", 0) != 0) {
            throw new RefusedException("unsupported: the simulated kernel submits plain batches alone");
        }
        String how = String.valueOf(line.text("how"));
        int calls = line.integer("calls", 1);
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        String truth = switch (how) {
            case "reopen" -> opens(a, b, calls, true);
            case "close" -> opens(a, b, calls, false);
            case "reconnect" -> connects(a, b, calls);
            default -> throw new RefusedException("unsupported: the simulated kernel has no batch of the kind " + how);
        };
        return new Answer().with("tid", main.tid()).with("won", calls).with("truth", truth);
    }

    private String opens(byte[] a, byte[] b, int calls, boolean again) {
        Inode first = Objects.requireNonNull(kernel.files().stat(main, a).inode());
        Inode second = Objects.requireNonNull(kernel.files().stat(main, b).inode());
        long pathOfA = ActorProcesses.path(main, a);
        long pathOfB = ActorProcesses.path(main, b);
        StringBuilder truth = new StringBuilder();
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
                OpenFile file = open.file();
                truth.append(file == null ? 'x' : file.inode() == first ? 'a' : file.inode() == second ? 'b' : 'x');
            }
            main.group().descriptors().close(next);
        }
        return truth.toString();
    }

    private String connects(byte[] a, byte[] b, int calls) {
        int family = new Sockaddr(ByteString.copyOf(a)).family();
        Descriptors descriptors = main.group().descriptors();
        int fd = descriptors.add(kernel.files()
                .socketFile(Objects.requireNonNull(kernel.network()
                        .socket(family, SocketTypes.SOCK_DGRAM, 0)
                        .socket())));
        long addressOfA = main.group().memory().place(a);
        long addressOfB = main.group().memory().place(b);
        StringBuilder truth = new StringBuilder();
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
                truth.append(connect.result() != 0 ? 'x' : Arrays.equals(connect.kernelAddress(), a) ? 'a' : 'b');
            }
        }
        descriptors.close(fd);
        return truth.toString();
    }

    private void finish(int watched) {
        for (int i = 0; i < watched; i++) {
            processes.countBegun();
        }
        kernel.run(main);
        for (int i = 0; i < watched; i++) {
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
