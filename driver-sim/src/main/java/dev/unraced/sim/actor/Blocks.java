// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.event.Sockaddr.AF_INET;

import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Plays connects through socketcall(2), whose block another process rewrites at any step. */
final class Blocks {
    private static final int BLOCK_SIZE = 12;
    private static final int FIRST_SOCKET = 40;
    private static final int SECOND_SOCKET = 41;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 60_000;
    private static final int PORT = 2;
    /** A length that is too short for an IPv4 address. */
    private static final int SHORT = 4;

    private static final int RARITY = 2;

    private final ActorProcesses processes;
    private final Kernel kernel;
    private final Task main;
    private final Handles handles;

    Blocks(ActorProcesses processes, Handles handles) {
        this.processes = processes;
        this.kernel = processes.kernel();
        this.main = processes.main();
        this.handles = handles;
    }

    /** Returns the bytes of a block. */
    static byte[] block(int fd, long pointer, int length) {
        return ByteBuffer.allocate(BLOCK_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(fd)
                .putInt((int) pointer)
                .putInt(length)
                .array();
    }

    Answer play(CommandLine line) {
        String how = String.valueOf(line.text("how"));
        if (!List.of("fd", "address", "length").contains(how)) {
            throw new RefusedException("unsupported: a block has no " + how);
        }
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        long addressOfA = main.group().memory().place(a);
        long addressOfB = main.group().memory().place(b);
        int first = socket(FIRST_SOCKET);
        int second = socket(SECOND_SOCKET);
        byte[][] versions = {
            block(first, addressOfA, a.length),
            switch (how) {
                case "fd" -> block(second, addressOfA, a.length);
                case "address" -> block(first, addressOfB, a.length);
                default -> block(first, addressOfA, SHORT);
            }
        };
        long block = main.group().memory().place(versions[0]);
        StringBuilder truth = new StringBuilder();
        int calls = line.integer("calls", 1);
        int won = 0;
        for (int i = 0; i < calls; i++) {
            main.group().memory().write(addressOfA, ofRound(a, i));
            main.group().memory().write(addressOfB, ofRound(b, i));
            processes.countBegun();
            Call call = kernel.beginSocketcall(main, block);
            boolean isWon = false;
            int shown = 0;
            while (main.call() != null) {
                if (processes.random().nextInt(RARITY) == 0) {
                    shown = 1 - shown;
                    main.group().memory().write(block, versions[shown]);
                    isWon = true;
                } else {
                    kernel.step(main);
                }
            }
            processes.countEnded();
            won += isWon ? 1 : 0;
            truth.append(letter(call, versions));
        }
        return new Answer().with("tid", main.tid()).with("won", won).with("truth", truth);
    }

    /** Returns an address with a port that belongs to the round. */
    private static byte[] ofRound(byte[] address, int round) {
        byte[] own = address.clone();
        ByteBuffer.wrap(own).putShort(PORT, (short) (FIRST_PORT + round % PORTS));
        return own;
    }

    private int socket(int handle) {
        Socket socket = Objects.requireNonNull(
                kernel.network().socket(AF_INET, SocketTypes.SOCK_DGRAM, 0).socket());
        int fd = main.group().descriptors().add(kernel.files().socketFile(socket));
        handles.put(handle, fd);
        return fd;
    }

    /** Returns the letter of the block's version that the kernel copied; x when the call failed. */
    private static char letter(Call call, byte[][] versions) {
        long[] words = call.kernelBlock();
        if (words == null || call.result() != 0) {
            return 'x';
        }
        byte[] copied = block((int) words[0], words[1], (int) words[2]);
        return Arrays.equals(copied, versions[0]) ? 'a' : 'b';
    }
}
