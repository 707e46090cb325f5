// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_UNIX;

import dev.unraced.event.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The abstract names of a network namespace. Each socket type has its own names. */
final class AbstractNames {
    /** The names of {@code unix_autobind} are five hexadecimal digits. */
    private static final int AUTOMATIC = 1 << 20;

    private record Key(int type, ByteString name) {}

    private final Map<Key, UnixSocket> sockets = new HashMap<>();
    private int next;

    /** Takes a name, a whole {@code sockaddr_un}; returns false when another socket of the type has it. */
    boolean take(UnixSocket socket, byte[] name) {
        if (sockets.putIfAbsent(key(socket.type(), name), socket) != null) {
            return false;
        }
        socket.name = name;
        return true;
    }

    /** Takes a free name; returns false when there is none. */
    boolean takeAny(UnixSocket socket) {
        for (int tries = 0; tries < AUTOMATIC; tries++) {
            byte[] name = "xx\0%05x".formatted(next).getBytes(StandardCharsets.ISO_8859_1);
            name[0] = AF_UNIX;
            name[1] = 0;
            next = (next + 1) % AUTOMATIC;
            if (take(socket, name)) {
                return true;
            }
        }
        return false;
    }

    @Nullable
    UnixSocket find(int type, byte[] name) {
        return sockets.get(key(type, name));
    }

    void release(UnixSocket socket) {
        if (socket.name != null) {
            sockets.remove(key(socket.type(), socket.name), socket);
        }
    }

    private static Key key(int type, byte[] name) {
        return new Key(type, ByteString.copyOf(name));
    }
}
