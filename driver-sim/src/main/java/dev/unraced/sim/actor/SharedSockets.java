// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Descriptors;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Plays connects of sockets that another process holds too, and of sockets that their peer resets at once. */
final class SharedSockets {
    private static final int FIRST_LINK = 2;
    private static final int SECOND_LINK = 3;
    private static final int MANY = 4096;
    /** The main thread takes one step in this many, on average; the other process takes the rest. */
    private static final int RARITY = 4;

    /** An AF_UNSPEC address, which ends a connection. */
    private static final byte[] UNSPECIFIED = new byte[16];

    private final ActorProcesses processes;
    private final Kernel kernel;
    private final Task main;

    SharedSockets(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
        this.main = processes.main();
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
        String how = String.valueOf(line.text("how"));
        if (!List.of("fork", "scm", "pidfd_getfd").contains(how)) {
            throw new RefusedException("unsupported: no simulated process gets a socket by " + how);
        }
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        int type = line.integer("type", SocketTypes.SOCK_DGRAM);
        boolean flips = line.number("flip", 0) != 0;
        boolean isIndirect = "socketcall".equals(line.text("via"));
        int calls = line.integer("calls", 1);
        int[] listeners = type == SocketTypes.SOCK_STREAM ? new int[] {listener(a), listener(b)} : new int[0];
        StringBuilder truth = new StringBuilder();
        int won = 0;
        for (int i = 0; i < calls; i++) {
            Round round = new Round(how, a, b, type, flips, isIndirect);
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
            block = isIndirect ? main.group().memory().place(Blocks.block(fd, address, a.length)) : 0;
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
            kernel.begin(other, Syscall.CONNECT, Abi.NATIVE, descriptorOf(other, file), memory, wanted.length);
        }

        /** Plays the round; returns the letter of the address that the main thread's call connected to. */
        char play() {
            processes.countBegun();
            Call call = block == 0
                    ? kernel.begin(main, Syscall.CONNECT, Abi.NATIVE, fd, address, a.length)
                    : kernel.beginSocketcall(main, block);
            kernel.step(main);
            while (main.call() != null) {
                if (processes.random().nextInt(RARITY) == 0 || !act()) {
                    isWon = call.isIssued() && Arrays.equals(peer(), a);
                    kernel.step(main);
                }
            }
            processes.countEnded();
            while (act()) {
                // The other process completes its acts.
            }
            boolean tookA = Arrays.equals(call.kernelAddress(), a);
            isWon &= call.result() == 0 && !tookA;
            processes.end(other.group());
            main.group().descriptors().close(fd);
            main.group().memory().unmap(address);
            if (block != 0) {
                main.group().memory().unmap(block);
            }
            return call.result() != 0 ? 'x' : tookA ? 'a' : 'b';
        }

        private byte @Nullable [] peer() {
            return kernel.network().peerName((Socket) Objects.requireNonNull(file.privateData()));
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
        StringBuilder truth = new StringBuilder();
        int calls = line.integer("calls", 1);
        int won = 0;
        for (int i = 0; i < calls; i++) {
            int fd = main.group().descriptors().add(socketFile(a, SocketTypes.SOCK_DGRAM));
            main.group().memory().write(address, a);
            processes.countBegun();
            Call call = kernel.begin(main, Syscall.CONNECT, Abi.NATIVE, fd, address, a.length);
            boolean isFlipped = false;
            boolean isWon = false;
            while (main.call() != null) {
                if (processes.random().nextInt(2) == 0) {
                    isFlipped = !isFlipped;
                    isWon = true;
                    main.group().memory().write(address, isFlipped ? b : a);
                } else {
                    kernel.step(main);
                }
            }
            processes.countEnded();
            won += isWon ? 1 : 0;
            truth.append(call.result() != 0 ? 'x' : Arrays.equals(call.kernelAddress(), a) ? 'a' : 'b');
            main.group().descriptors().close(fd);
        }
        main.group().memory().unmap(address);
        return new Answer().with("tid", main.tid()).with("won", won).with("truth", truth);
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
        OpenFile file = socketFile(address, SocketTypes.SOCK_STREAM);
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

    /** Connects to a listener that closes between its answer and the return of the call. */
    Answer reset(CommandLine line) {
        byte[] address = {2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        Descriptors descriptors = main.group().descriptors();
        StringBuilder truth = new StringBuilder();
        StringJoiner ports = new StringJoiner(",");
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            int listener = listener(address);
            Socket server = (Socket) Objects.requireNonNull(
                    Objects.requireNonNull(main.descriptor(listener)).privateData());
            // The first listener chooses the port; the later ones reuse it.
            address = kernel.network().localName(server);
            OpenFile file = socketFile(address, SocketTypes.SOCK_STREAM);
            int fd = descriptors.add(file);
            long memory = main.group().memory().place(address);
            processes.countBegun();
            Call call = kernel.begin(main, Syscall.CONNECT, Abi.NATIVE, fd, memory, address.length);
            while (call.next() != CallStep.EXIT) {
                kernel.step(main);
            }
            descriptors.close(listener);
            kernel.run(main);
            processes.countEnded();
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
                .with("ports", ports)
                .withBytes("peer", address);
    }
}
