// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.sim.base.AccessLog;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.net.Socket;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which connects are under way on which socket, whoever makes them, also those of processes that no event is about. Two
 * that overlap are marked both: neither can tell which of them chose the peer.
 */
final class ConnectsUnderWay {
    private final AccessLog log;
    /** By what the stash knows a call by: a thread, or a request. */
    private final Map<Long, Connect> connects = new HashMap<>();

    ConnectsUnderWay(AccessLog log) {
        this.log = log;
    }

    private static final class Connect {
        /** What the kernel connected; null before it came to that. */
        @Nullable
        OpenFile file;

        @Nullable
        Socket socket;

        boolean overlapped;
    }

    /** A connect begins, or turns out to be of another socket than its descriptor led to at its entry. */
    void on(long key, @Nullable Socket socket) {
        Connect connect = connects.computeIfAbsent(key, unused -> new Connect());
        if (connect.socket == socket || socket == null) {
            return;
        }
        connect.socket = socket;
        log.write(socket.connectsThing());
        for (Connect other : connects.values()) {
            if (other != connect && other.socket == socket) {
                other.overlapped = true;
                connect.overlapped = true;
            }
        }
    }

    /** The kernel has connected a socket: whatever its descriptor is by now, it is this one. */
    void took(long key, OpenFile file, @Nullable Socket socket) {
        on(key, socket);
        connects.computeIfAbsent(key, unused -> new Connect()).file = file;
    }

    /** What the kernel connected; null when that was not seen. */
    @Nullable
    OpenFile taken(long key) {
        Connect connect = connects.get(key);
        return connect == null ? null : connect.file;
    }

    /** A connect ends; whether another one of its socket was under way at the same time. */
    boolean end(long key) {
        Connect connect = connects.remove(key);
        if (connect == null) {
            return false;
        }
        if (connect.socket != null) {
            log.write(connect.socket.connectsThing());
        }
        return connect.overlapped;
    }
}
