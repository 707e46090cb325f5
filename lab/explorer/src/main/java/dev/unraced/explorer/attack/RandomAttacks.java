// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.explorer.attack.Moves.bytes;
import static dev.unraced.linux.OpenFlags.AT_FDCWD;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Makes small programs at random for a hunt through the simulator: a thread whose calls are watched, and one or two
 * others that move what these calls lead to. The same seed makes the same program.
 */
final class RandomAttacks {
    private static final String DIRECTORY = "/tmp/d";
    private static final String ONE = DIRECTORY + "/one";
    private static final String TWO = "/tmp/two";
    private static final String NOTHING = "/tmp/nothing";
    private static final List<String> PATHS = List.of(ONE, TWO, NOTHING, "d/one", "../tmp/two");
    private static final int PORT = 53;
    private static final int MOST_CALLS = 2;
    private static final int MOST_MOVES = 2;
    /** One of so many seeds in a row makes a program with a TCP connection, which its server may reset. */
    private static final int STREAM_SEEDS = 8;
    /** An even number, since arguments change in programs of odd seeds. */
    private static final int STREAM_SEED = 6;

    private final Random random;
    private final AttackSetup setup;
    private final boolean flips;
    private final boolean streams;
    private final Task caller;
    private final Task accomplice;
    private final Task stranger;
    private final int socket;
    private final int otherSocket;
    private final int file;
    private final long path;
    private final long address;
    private final long block;
    private final byte[] first = Moves.inet(PORT, 127, 0, 0, 1);
    private final byte[] second = Moves.inet(PORT, 127, 0, 0, 2);
    private final String passed;

    private RandomAttacks(long seed, boolean flips, AttackSetup setup) {
        this.random = new Random(seed);
        this.setup = setup;
        this.flips = flips;
        this.streams = Math.floorMod(seed, STREAM_SEEDS) == STREAM_SEED;
        setup.directory(DIRECTORY);
        setup.file(ONE);
        setup.file(TWO);
        caller = setup.process("caller");
        socket = setup.socket(caller, AF_INET, SocketTypes.SOCK_DGRAM);
        otherSocket = setup.socket(caller, AF_INET, SocketTypes.SOCK_DGRAM);
        file = setup.opened(caller, TWO, OpenFlags.O_RDONLY);
        passed = pick(PATHS);
        path = setup.buffer(caller, passed);
        address = caller.group().memory().place(first);
        block = caller.group().memory().place(ArgumentBytes.socketcallBlock(socket, address, first.length));
        // A thread shares the descriptors; a child has copies of them, and so the same socket and file.
        accomplice = random.nextBoolean() ? setup.thread(caller) : setup.child(caller, "child");
        stranger = setup.child(caller, "stranger");
        setup.hides(first);
    }

    /**
     * Returns the program of a seed.
     *
     * @param flips whether arguments change in memory, too
     */
    static Attack of(long seed, boolean flips) {
        return Attack.of(
                "seed-" + seed, "a program made at random", "", setup -> new RandomAttacks(seed, flips, setup).stage());
    }

    private void stage() {
        Script calls = setup.caller("caller", caller);
        for (int count = 1 + random.nextInt(MOST_CALLS); count > 0; count--) {
            calls.then(call());
        }
        move(setup.attacker("accomplice", accomplice), accomplice);
        if (streams) {
            reset(calls);
        } else if (random.nextInt(3) == 0) {
            move(setup.attacker("stranger", stranger), stranger);
        }
    }

    /** Connects by TCP to a server that closes its listener. */
    private void reset(Script calls) {
        Task server = setup.process("server");
        int listener = setup.listener(server, first);
        calls.then(Moves.connect(
                setup.socket(caller, AF_INET, SocketTypes.SOCK_STREAM),
                caller.group().memory().place(first),
                first.length));
        setup.attacker("server", server).then(Moves.close(listener, "closes its listener"));
    }

    private Action call() {
        return switch (random.nextInt(6)) {
            case 0 -> Moves.connect(socket, address, first.length);
            case 1 ->
                Action.call("socketcall(SYS_CONNECT, block)", (kernel, self) -> kernel.beginSocketcall(self, block));
            case 2 -> together();
            case 3 -> Moves.submitOpenat("path", path, false);
            default -> Moves.openat("path", path);
        };
    }

    /** Submits an open, a close of its descriptor, and another open or connect, as one batch. */
    private Action together() {
        boolean closes = random.nextBoolean();
        boolean connects = random.nextBoolean();
        int lowest = file + 1;
        long other = setup.buffer(caller, pick(PATHS));
        long otherAddress = caller.group().memory().place(second);
        return Action.call(
                "io_uring: " + (connects ? "connect" : "openat") + (closes ? ", close" : "") + ", again",
                (kernel, self) -> kernel.submitTogether(self, requests -> {
                    if (connects) {
                        requests.call(Syscall.CONNECT, socket, address, first.length);
                    } else {
                        requests.call(Syscall.OPENAT, AT_FDCWD, path, 0, 0);
                    }
                    if (closes) {
                        requests.close(connects ? socket : lowest);
                    }
                    if (connects && !closes) {
                        requests.call(Syscall.CONNECT, socket, otherAddress, second.length);
                    } else {
                        requests.call(Syscall.OPENAT, AT_FDCWD, other, 0, 0);
                    }
                }));
    }

    private void move(Script script, Task task) {
        List<Action> moves = new ArrayList<>();
        for (int count = 1 + random.nextInt(MOST_MOVES); count > 0; count--) {
            moves.add(flips && random.nextBoolean() ? flip() : move(task));
        }
        Collections.shuffle(moves, random);
        moves.forEach(script::then);
    }

    private Action flip() {
        return switch (random.nextInt(3)) {
            case 0 -> {
                String text = pick(PATHS);
                yield Moves.writeTo(caller, path, Moves.terminated(text), "path := \"" + text + "\"");
            }
            case 1 -> Moves.writeTo(caller, address, random.nextBoolean() ? first : second, "address := another");
            default -> swapBlock();
        };
    }

    private Action swapBlock() {
        int descriptor = List.of(socket, otherSocket, file).get(random.nextInt(3));
        return Moves.writeTo(
                caller,
                block,
                ArgumentBytes.socketcallBlock(descriptor, address, first.length),
                "descriptor := " + descriptor);
    }

    private Action move(Task task) {
        return switch (random.nextInt(8)) {
            case 0 -> Moves.dup2(file, file + 1 + random.nextInt(2));
            case 1 -> Moves.dup2(file, socket);
            case 2 -> Moves.connect(socket, task.group().memory().place(second), second.length);
            case 3 -> renames(ONE, TWO);
            case 4 -> renames(TWO, ONE);
            case 5 -> Action.user("unshares its mounts", (kernel, self) -> kernel.unshare(self));
            case 6 -> swapBlock();
            default -> Action.user("sends SIGSYS, which is blocked", (kernel, self) -> kernel.pendSigsys(caller));
        };
    }

    private static Action renames(String from, String to) {
        return Action.user(
                "renames " + from + " to " + to,
                (kernel, self) -> kernel.files().rename(self, bytes(from), bytes(to)));
    }

    private String pick(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
