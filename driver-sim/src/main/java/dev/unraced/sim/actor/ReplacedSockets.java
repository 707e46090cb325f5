// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Task;

/** Plays connects through socketcall(2), whose descriptor a thread replaces when the kernel has looked it up. */
final class ReplacedSockets extends Player {
    ReplacedSockets(ActorProcesses processes) {
        super(processes);
    }

    Answer play(CommandLine line) {
        boolean closes = line.how("no socket is replaced by ", "dup2", "close").equals("close");
        int fd = line.integer("fd", 0);
        byte[] a = line.bytes("a");
        Descriptors descriptors = main.group().descriptors();
        Task other = kernel.thread(main.group());
        int decoy = connected(other, line.bytes("b"));
        long address = main.group().memory().place(a);
        long block = main.group().memory().place(ArgumentBytes.socketcallBlock(fd, address, a.length));
        Rounds rounds = new Rounds(processes, main);
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            int own = descriptors.add(datagramSocket());
            descriptors.duplicate(own, fd);
            Call begun = kernel.beginSocketcall(main, block);
            rounds.play(
                    begun,
                    (call, acts) -> acts == 0
                            && call.next() == CallStep.WORK
                            && (closes ? descriptors.close(fd) : descriptors.duplicate(decoy, fd)));
            rounds.succeeded(begun.result() == 0);
            descriptors.close(own);
        }
        descriptors.close(fd);
        descriptors.close(decoy);
        kernel.exit(other);
        main.group().memory().unmap(block);
        main.group().memory().unmap(address);
        return rounds.answer();
    }

    /** Has a thread connect a socket; its call is none of the main thread's. */
    private int connected(Task other, byte[] peer) {
        int fd = main.group().descriptors().add(datagramSocket());
        long address = main.group().memory().place(peer);
        processes.countBegun();
        kernel.begin(other, Syscall.CONNECT, fd, address, peer.length);
        processes.run(other);
        main.group().memory().unmap(address);
        return fd;
    }
}
