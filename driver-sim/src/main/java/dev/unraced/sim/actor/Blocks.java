// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Call;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Plays connects through socketcall(2), whose block another process rewrites at any step. */
final class Blocks extends Player {
    private static final int FIRST_SOCKET = 40;
    private static final int SECOND_SOCKET = 41;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 60_000;
    private static final int PORT = 2;
    /** A length that is too short for an IPv4 address. */
    private static final int SHORT = 4;

    private static final int RARITY = 2;

    private final Handles handles;

    Blocks(ActorProcesses processes, Handles handles) {
        super(processes);
        this.handles = handles;
    }

    Answer play(CommandLine line) {
        String how = line.how("a block has no ", "fd", "address", "length");
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        long addressOfA = main.group().memory().place(a);
        long addressOfB = main.group().memory().place(b);
        int first = socket(FIRST_SOCKET);
        int second = socket(SECOND_SOCKET);
        byte[][] versions = {
            ArgumentBytes.socketcallBlock(first, addressOfA, a.length),
            switch (how) {
                case "fd" -> ArgumentBytes.socketcallBlock(second, addressOfA, a.length);
                case "address" -> ArgumentBytes.socketcallBlock(first, addressOfB, a.length);
                default -> ArgumentBytes.socketcallBlock(first, addressOfA, SHORT);
            }
        };
        long block = main.group().memory().place(versions[0]);
        Rounds rounds = new Rounds(processes, main);
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            main.group().memory().write(addressOfA, ofRound(a, i));
            main.group().memory().write(addressOfB, ofRound(b, i));
            Call call = kernel.beginSocketcall(main, block);
            rounds.play(call, rewriting(RARITY, block, versions));
            rounds.took(letter(call, versions));
        }
        return rounds.answer();
    }

    /** Returns an address with a port that belongs to the round. */
    private static byte[] ofRound(byte[] address, int round) {
        byte[] own = address.clone();
        ByteBuffer.wrap(own).putShort(PORT, (short) (FIRST_PORT + round % PORTS));
        return own;
    }

    private int socket(int handle) {
        int fd = main.group().descriptors().add(datagramSocket());
        handles.put(handle, fd);
        return fd;
    }

    /** Returns the letter of the block's version that the kernel copied; x when the call failed. */
    private static char letter(Call call, byte[][] versions) {
        long[] words = call.kernelBlock();
        if (words == null || call.result() != 0) {
            return 'x';
        }
        byte[] copied = ArgumentBytes.socketcallBlock((int) words[0], words[1], (int) words[2]);
        return Arrays.equals(copied, versions[0]) ? 'a' : 'b';
    }
}
