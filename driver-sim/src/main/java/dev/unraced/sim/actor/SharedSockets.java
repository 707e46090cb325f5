// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.StringJoiner;

/** Plays connects of sockets that another process holds too, and of sockets that their peer resets at once. */
final class SharedSockets extends Player {
    private static final int FIRST_LINK = 2;
    private static final int SECOND_LINK = 3;
    private static final int MANY = 4096;
    /** The main thread takes one step in this many, on average; the other process takes the rest. */
    private static final int RARITY = 4;

    /** An AF_UNSPEC address, which ends a connection. */
    private static final byte[] UNSPECIFIED = new byte[16];

    SharedSockets(ActorProcesses processes) {
        super(processes);
    }

    /** Adds devices and addresses that distinguish peers and sources. */
    Answer network() {
        kernel.network().addLink(FIRST_LINK);
        kernel.network().addLink(SECOND_LINK);
        kernel.network().addAddress(new byte[] {10, 66, 0, 1});
        kernel.network().addAddress(new byte[] {10, 66, 0, 2});
        return new Answer().with("first", FIRST_LINK).with("second", SECOND_LINK);
    }

    Answer play(CommandLine line) {
        String how = line.how("no simulated process gets a socket by ", "fork", "scm", "pidfd_getfd");
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        int type = line.integer("type", SocketTypes.SOCK_DGRAM);
        boolean flips = line.number("flip", 0) != 0;
        boolean isIndirect = line.isVia("socketcall");
        int calls = line.integer("calls", 1);
        int[] listeners = type == SocketTypes.SOCK_STREAM ? new int[] {listener(a), listener(b)} : new int[0];
        Rounds rounds = new Rounds(processes, main);
        int won = 0;
        for (int i = 0; i < calls; i++) {
            Round round = new Round(how, a, b, type, flips, isIndirect);
            round.play(rounds);
            won += round.isWon ? 1 : 0;
            for (int listener : listeners) {
                acceptAll(listener);
            }
        }
        for (int listener : listeners) {
            main.group().descriptors().close(listener);
        }
        return rounds.answer(won);
    }

    /** One connect of the main thread, and the connects of the other process at any moment of it. */
    private final class Round {
        private final byte[] a;
        private final OpenFile file;
        private final int fd;
        private final Task other;
        private final long address;
        /** The address of the block of socketcall(2), or 0 for a connect(2). */
        private final long block;
        /** The acts of the other process, in this order. */
        private final Deque<Runnable> acts = new ArrayDeque<>();

        private boolean isWon;

        Round(String how, byte[] a, byte[] b, int type, boolean flips, boolean isIndirect) {
            this.a = a;
            Task before = how.equals("fork") ? null : processes.fork();
            file = socketFile(a, type);
            fd = main.group().descriptors().add(file);
            other = before == null ? processes.fork() : before;
            address = main.group().memory().place(flips ? a : b);
            block = isIndirect ? main.group().memory().place(ArgumentBytes.socketcallBlock(fd, address, a.length)) : 0;
            // With SCM_RIGHTS the other process has the socket before the call; with pidfd_getfd it takes and closes it
            // within the call.
            boolean comesAndGoes = how.equals("pidfd_getfd");
            if (how.equals("scm")) {
                take();
            }
            if (flips) {
                acts.add(() -> main.group().memory().write(address, b));
            }
            if (comesAndGoes) {
                acts.add(this::take);
            }
            if (type == SocketTypes.SOCK_STREAM) {
                acts.add(() -> connect(UNSPECIFIED));
            }
            acts.add(() -> connect(a));
            if (comesAndGoes) {
                acts.add(() -> other.group().descriptors().close(descriptorOf(other, file)));
            }
        }

        private void take() {
            file.retain();
            other.group().descriptors().add(file);
        }

        private void connect(byte[] wanted) {
            processes.countBegun();
            long memory = other.group().memory().place(wanted);
            kernel.begin(other, Syscall.CONNECT, descriptorOf(other, file), memory, wanted.length);
        }

        void play(Rounds rounds) {
            Call begun = block == 0
                    ? kernel.begin(main, Syscall.CONNECT, fd, address, a.length)
                    : kernel.beginSocketcall(main, block);
            rounds.play(begun, (call, done) -> {
                if (call.next() != CallStep.ENTER && processes.random().nextInt(RARITY) != 0 && act()) {
                    return true;
                }
                isWon = call.isIssued() && Arrays.equals(peer(fd), a);
                return false;
            });
            while (act()) {
                // The other process completes its acts.
            }
            isWon &= begun.result() == 0 && !Arrays.equals(begun.kernelAddress(), a);
            rounds.tookAddress(begun, a);
            processes.end(other.group());
            main.group().descriptors().close(fd);
            main.group().memory().unmap(address);
            if (block != 0) {
                main.group().memory().unmap(block);
            }
        }

        /** Takes the other process's next step; returns false when there is none. */
        private boolean act() {
            if (other.call() != null) {
                kernel.step(other);
                if (other.call() == null) {
                    processes.countEnded();
                }
                return true;
            }
            Runnable next = acts.poll();
            if (next != null) {
                next.run();
            }
            return next != null;
        }
    }

    /** Connects to a link-local address whose scope another process flips; the processes share only the page. */
    Answer scope(CommandLine line) {
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        long address = main.group().memory().place(a);
        Rounds rounds = new Rounds(processes, main);
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            int fd = main.group().descriptors().add(socketFile(a, SocketTypes.SOCK_DGRAM));
            main.group().memory().write(address, a);
            Call begun = kernel.begin(main, Syscall.CONNECT, fd, address, a.length);
            rounds.play(begun, rewriting(2, address, a, b));
            rounds.tookAddress(begun, a);
            main.group().descriptors().close(fd);
        }
        main.group().memory().unmap(address);
        return rounds.answer();
    }

    private static int descriptorOf(Task task, OpenFile file) {
        int fd = 0;
        while (task.descriptor(fd) != file) {
            fd++;
        }
        return fd;
    }

    private int listener(byte[] address) {
        Socket socket = newSocket(address, SocketTypes.SOCK_STREAM);
        done(kernel.network().bind(main, socket, address));
        done(kernel.network().listen(socket, MANY));
        return main.group().descriptors().add(kernel.files().socketFile(socket));
    }

    private void acceptAll(int listener) {
        Socket socket = socketOf(listener);
        for (Socket child = kernel.network().accept(socket).socket();
                child != null;
                child = kernel.network().accept(socket).socket()) {
            kernel.network().close(child);
        }
    }

    /** Connects to a listener that closes between its answer and the return of the call. */
    Answer reset(CommandLine line) {
        byte[] address = {2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        Descriptors descriptors = main.group().descriptors();
        Rounds rounds = new Rounds(processes, main);
        StringJoiner ports = new StringJoiner(",");
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            int listener = listener(address);
            // The first listener chooses the port; the later ones reuse it.
            address = kernel.network().localName(socketOf(listener));
            int fd = descriptors.add(socketFile(address, SocketTypes.SOCK_STREAM));
            long memory = main.group().memory().place(address);
            Call begun = kernel.begin(main, Syscall.CONNECT, fd, memory, address.length);
            rounds.play(begun, call -> call.next() == CallStep.EXIT, () -> descriptors.close(listener));
            boolean succeeded = begun.result() == 0;
            rounds.succeeded(succeeded);
            Sockaddr name = new Sockaddr(ByteString.copyOf(kernel.network().localName(socketOf(fd))));
            ports.add(Integer.toString(succeeded ? name.port() : 0));
            descriptors.close(fd);
            main.group().memory().unmap(memory);
        }
        return rounds.answer().with("ports", ports).withBytes("peer", address);
    }
}
