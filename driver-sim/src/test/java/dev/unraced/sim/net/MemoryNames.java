// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.event.ByteString;
import dev.unraced.linux.Errno;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A directory in memory that is empty at first: it has sockets and plain files, but no subdirectories. */
final class MemoryNames implements UnixNames {
    private final Map<ByteString, Socket> sockets = new HashMap<>();
    private final Set<ByteString> files = new HashSet<>();

    void file(String path) {
        files.add(ByteString.utf8(path));
    }

    void unlink(String path) {
        sockets.remove(ByteString.utf8(path));
    }

    @Override
    public int bind(Object caller, byte[] path, Socket socket) {
        ByteString name = ByteString.copyOf(path);
        if (isElsewhere(path)) {
            return -Errno.ENOENT;
        }
        return files.contains(name) || sockets.putIfAbsent(name, socket) != null ? -Errno.EADDRINUSE : 0;
    }

    @Override
    public SocketResult find(Object caller, byte[] path) {
        ByteString name = ByteString.copyOf(path);
        Socket socket = sockets.get(name);
        if (socket != null) {
            return SocketResult.of(socket);
        }
        return SocketResult.failed(files.contains(name) ? Errno.ECONNREFUSED : Errno.ENOENT);
    }

    private static boolean isElsewhere(byte[] path) {
        for (byte b : path) {
            if (b == '/') {
                return true;
            }
        }
        return false;
    }
}
