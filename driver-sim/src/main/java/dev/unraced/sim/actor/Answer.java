// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.net.Network;
import dev.unraced.sim.net.Socket;
import java.util.HexFormat;

/** The answer to a command that succeeded. */
final class Answer {
    private final StringBuilder text = new StringBuilder("ok");

    Answer with(String key, Object value) {
        text.append(' ').append(key).append('=').append(value);
        return this;
    }

    Answer withBytes(String key, byte[] value) {
        return with(key, HexFormat.of().formatHex(value));
    }

    /** Adds the numbers by which an observer identifies a file. */
    Answer withFile(Inode inode) {
        return with("major", inode.superBlock().major())
                .with("minor", inode.superBlock().minor())
                .with("inode", inode.number());
    }

    /** Adds the names of a socket. */
    Answer withNames(Network network, Socket socket) {
        byte[] peer = network.peerName(socket);
        withBytes("local", network.localName(socket));
        return peer == null ? this : withBytes("peer", peer);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
