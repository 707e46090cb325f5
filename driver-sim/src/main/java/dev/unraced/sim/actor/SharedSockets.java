// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;

/** Connects of sockets that another process holds, too, and of those that their peer resets at once. */
final class SharedSockets {
    private static final int FIRST_LINK = 2;
    private static final int SECOND_LINK = 3;
    private static final int MANY = 4096;
    /** One step of the other process in so many. */
    private static final int RARITY = 2;

    private final Company company;
    private final Kernel kernel;
    private final Task main;

    SharedSockets(Company company) {
        this.company = company;
        this.kernel = company.kernel();
        this.main = company.main();
    }

    /** Devices and addresses that tell one peer, or one source, from another. */
    Answer network() {
        kernel.network().addLink(FIRST_LINK);
        kernel.network().addLink(SECOND_LINK);
        kernel.network().addAddress(new byte[] {10, 66, 0, 1});
        kernel.network().addAddress(new byte[] {10, 66, 0, 2});
        return new Answer().with("first", FIRST_LINK).with("second", SECOND_LINK);
    }

    Answer play(CommandLine line) {
        String how = String.valueOf(line.text("how"));
        if (!List.of("fork", "scm", "pidfd_getfd").contains(how)) {
            throw new RefusedException("unsupported: no simulated process gets a socket by " + how);
        }
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        int type = line.integer("type", Socket.SOCK_DGRAM);
        boolean flips = line.number("flip", 0) != 0;
        int calls = line.integer("calls", 1);
        int[] listeners = type == Socket.SOCK_STREAM ? new int[] {listener(a), listener(b)} : new int[0];
        StringBuilder truth = new StringBuilder();
        int won = 0;
        for (int i = 0; i < calls; i++) {
            Round round = new Round(how, a, b, type, flips);
            truth.append(round.play());
            won += round.isWon ? 1 : 0;
            for (int listener : listeners) {
                acceptAll(listener);
            }
        }
        for (int listener : listeners) {
            main.group().descriptors().close(listener);
        }
        return new Answer().with("tid", main.tid()).with("won", won).with("truth", truth);
    }

    /** One connect of the main thread's, and one of the other process's at any moment of it. */
    private final class Round {
        private final byte[] a;
        private final byte[] b;
        private final OpenFile file;
        private final int fd;
        private final Task other;
        private final boolean isTaken;
        private final boolean flips;
        private final long address;
        private final long otherAddress;
        private int done;
        private boolean isWon;

        Round(String how, byte[] a, byte[] b, int type, boolean flips) {
            this.a = a;
            this.b = b;
            this.flips = flips;
            Task before = how.equals("fork") ? null : company.fork();
            file = socketFile(a, type);
            fd = main.group().descriptors().add(file);
            other = before == null ? company.fork() : before;
            // By SCM_RIGHTS the other has it before the call; by pidfd_getfd it comes and goes within the call.
            isTaken = how.equals("pidfd_getfd");
            if (how.equals("scm")) {
                take();
            }
            address = main.group().memory().place(flips ? a : b);
            otherAddress = other.group().memory().place(a);
        }

        private int take() {
            file.retain();
            return other.group().descriptors().add(file);
        }

        /** What the main thread's call connected to. */
        char play() {
            company.countBegun();
            Call call = kernel.begin(main, Syscall.CONNECT, Abi.NATIVE, fd, address, a.length);
            kernel.step(main);
            while (main.call() != null) {
                if (company.random().nextInt(RARITY) == 0 && act()) {
                    isWon |= other.call() != null && other.call().next() == CallStep.EXIT;
                } else if (kernel.canStep(main)) {
                    kernel.step(main);
                }
            }
            company.countEnded();
            while (act()) {
                // The other process ends what it has begun.
            }
            company.end(other.group());
            main.group().descriptors().close(fd);
            main.group().memory().unmap(address);
            return call.result() != 0 ? 'x' : Arrays.equals(call.kernelAddress(), a) ? 'a' : 'b';
        }

        /** The other process's next step; false when there is none. */
        private boolean act() {
            if (other.call() != null) {
                kernel.step(other);
                if (other.call() == null) {
                    company.countEnded();
                }
                return true;
            }
            if (flips && done == 0) {
                main.group().memory().write(address, b);
            } else if (done <= 1) {
                done = 1;
                int descriptor = isTaken ? take() : descriptorOf(other, file);
                company.countBegun();
                kernel.begin(other, Syscall.CONNECT, Abi.NATIVE, descriptor, otherAddress, a.length);
            } else if (done == 2 && isTaken) {
                other.group().descriptors().close(descriptorOf(other, file));
            } else {
                return false;
            }
            done++;
            return true;
        }
    }

    private static int descriptorOf(Task task, OpenFile file) {
        int fd = 0;
        while (task.descriptor(fd) != file) {
            fd++;
        }
        return fd;
    }

    private OpenFile socketFile(byte[] address, int type) {
        int family = new Sockaddr(ByteString.copyOf(address)).family();
        return kernel.files()
                .socketFile(Objects.requireNonNull(
                        kernel.network().socket(family, type, 0).socket()));
    }

    private int listener(byte[] address) {
        OpenFile file = socketFile(address, Socket.SOCK_STREAM);
        Socket socket = (Socket) Objects.requireNonNull(file.privateData());
        int result = kernel.network().bind(main, socket, address);
        if (result == 0) {
            result = kernel.network().listen(socket, MANY);
        }
        if (result != 0) {
            throw new RefusedException("errno " + -result);
        }
        return main.group().descriptors().add(file);
    }

    private void acceptAll(int listener) {
        Socket socket = (Socket) Objects.requireNonNull(
                Objects.requireNonNull(main.descriptor(listener)).privateData());
        for (Socket child = kernel.network().accept(socket).socket();
                child != null;
                child = kernel.network().accept(socket).socket()) {
            kernel.network().close(child);
        }
    }

    /** The peer is a listener that closes between the answer of its side and the return of the call. */
    Answer reset(CommandLine line) {
        byte[] any = {2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        Descriptors descriptors = main.group().descriptors();
        StringBuilder truth = new StringBuilder();
        StringJoiner ports = new StringJoiner(",");
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            int listener = listener(any);
            Socket server = (Socket) Objects.requireNonNull(
                    Objects.requireNonNull(main.descriptor(listener)).privateData());
            byte[] address = kernel.network().localName(server);
            OpenFile file = socketFile(address, Socket.SOCK_STREAM);
            int fd = descriptors.add(file);
            long memory = main.group().memory().place(address);
            company.countBegun();
            Call call = kernel.begin(main, Syscall.CONNECT, Abi.NATIVE, fd, memory, address.length);
            while (call.next() != CallStep.EXIT) {
                kernel.step(main);
            }
            descriptors.close(listener);
            kernel.run(main);
            company.countEnded();
            boolean succeeded = call.result() == 0;
            truth.append(succeeded ? 'a' : 'x');
            Sockaddr name = new Sockaddr(
                    ByteString.copyOf(kernel.network().localName((Socket) Objects.requireNonNull(file.privateData()))));
            ports.add(Integer.toString(succeeded ? name.port() : 0));
            descriptors.close(fd);
            main.group().memory().unmap(memory);
        }
        return new Answer()
                .with("tid", main.tid())
                .with("won", calls)
                .with("truth", truth)
                .with("ports", ports);
    }
}
