// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.event.Sockaddr.AF_INET;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.Objects;

/** Plays connects through socketcall(2), whose descriptor a thread replaces when the kernel has looked it up. */
final class ReplacedSockets {
    private final ActorProcesses processes;
    private final Kernel kernel;
    private final Task main;

    ReplacedSockets(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
        this.main = processes.main();
    }

    Answer play(CommandLine line) {
        boolean closes = switch (String.valueOf(line.text("how"))) {
            case "dup2" -> false;
            case "close" -> true;
            default -> throw new RefusedException("unsupported: no socket is replaced by " + line.text("how"));
        };
        int fd = line.integer("fd", 0);
        byte[] a = line.bytes("a");
        Descriptors descriptors = main.group().descriptors();
        Task other = kernel.thread(main.group());
        int decoy = connected(other, line.bytes("b"));
        long address = main.group().memory().place(a);
        long block = main.group().memory().place(Blocks.block(fd, address, a.length));
        StringBuilder truth = new StringBuilder();
        int calls = line.integer("calls", 1);
        int won = 0;
        for (int i = 0; i < calls; i++) {
            int own = descriptors.add(socketFile());
            descriptors.duplicate(own, fd);
            processes.countBegun();
            Call call = kernel.beginSocketcall(main, block);
            while (call.next() != CallStep.WORK) {
                kernel.step(main);
            }
            won += (closes ? descriptors.close(fd) : descriptors.duplicate(decoy, fd)) ? 1 : 0;
            kernel.run(main);
            processes.countEnded();
            truth.append(call.result() == 0 ? 'a' : 'x');
            descriptors.close(own);
        }
        descriptors.close(fd);
        descriptors.close(decoy);
        kernel.exit(other);
        main.group().memory().unmap(block);
        main.group().memory().unmap(address);
        return new Answer().with("tid", main.tid()).with("won", won).with("truth", truth);
    }

    /** Has a thread connect a socket; its call is none of the main thread's. */
    private int connected(Task other, byte[] peer) {
        int fd = main.group().descriptors().add(socketFile());
        long address = main.group().memory().place(peer);
        processes.countBegun();
        kernel.begin(other, Syscall.CONNECT, Abi.NATIVE, fd, address, peer.length);
        kernel.run(other);
        processes.countEnded();
        main.group().memory().unmap(address);
        return fd;
    }

    private OpenFile socketFile() {
        Socket socket = Objects.requireNonNull(
                kernel.network().socket(AF_INET, SocketTypes.SOCK_DGRAM, 0).socket());
        return kernel.files().socketFile(socket);
    }
}
