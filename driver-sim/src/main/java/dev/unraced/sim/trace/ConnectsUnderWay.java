// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.net.Heed;
import dev.unraced.sim.net.Socket;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connects that are under way on each socket, by all processes, also those whose events are filtered out. Two
 * connects that overlap are both marked: neither can prove that it chose the peer (R2.43).
 */
final class ConnectsUnderWay {
    /** The connects by the stash's key: a thread, or a request. */
    private final Map<Long, Connect> connects = new HashMap<>();

    static final class Connect {
        /** The file that the kernel connected; null before that. */
        @Nullable
        OpenFile file;

        @Nullable
        Socket socket;

        /** This is of the socket that the descriptor led to when the connect began. */
        Heed heed = Heed.UNKNOWN;

        /** Another connect of its socket was under way at the same time. */
        boolean overlapped;
    }

    /** Records that a connect begins, or that its socket is another than its descriptor led to at entry. */
    void on(long key, @Nullable Socket socket) {
        Connect connect = connects.computeIfAbsent(key, unused -> new Connect());
        if (connect.socket == socket || socket == null) {
            return;
        }
        boolean isFirst = connect.socket == null && connect.file == null;
        connect.heed = isFirst || socket.heed() == Heed.ALWAYS ? socket.heed() : Heed.UNKNOWN;
        connect.socket = socket;
        for (Connect other : connects.values()) {
            if (other != connect && other.socket == socket) {
                other.overlapped = true;
                connect.overlapped = true;
            }
        }
    }

    /** Records the file that the kernel connected, whatever its descriptor refers to by now. */
    void took(long key, OpenFile file, @Nullable Socket socket) {
        connects.computeIfAbsent(key, unused -> new Connect()).file = file;
        on(key, socket);
    }

    /** Returns the file that the kernel connected; null when that was not seen. */
    @Nullable
    OpenFile taken(long key) {
        Connect connect = connects.get(key);
        return connect == null ? null : connect.file;
    }

    /** Ends a connect, and returns it; null when none is under way. */
    @Nullable
    Connect end(long key) {
        return connects.remove(key);
    }
}
