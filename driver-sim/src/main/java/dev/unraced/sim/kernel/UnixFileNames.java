// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.linux.Errno;
import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.fs.FsCaller;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.InodeOrError;
import dev.unraced.sim.net.Socket;
import dev.unraced.sim.net.SocketResult;
import dev.unraced.sim.net.UnixNames;
import java.util.HashMap;
import java.util.Map;

/** The names of UNIX sockets that are in the file tree: net/unix/af_unix.c. */
final class UnixFileNames implements UnixNames {
    private static final int MODE = 0755;

    private final FileTree files;
    private final Map<Inode, Socket> bound = new HashMap<>();

    UnixFileNames(FileTree files) {
        this.files = files;
    }

    @Override
    public int bind(Object caller, byte[] path, Socket socket) {
        InodeOrError made = files.makeSocket((FsCaller) caller, path, MODE);
        if (made.inode() == null) {
            return made.error() == Errno.EEXIST ? -Errno.EADDRINUSE : -made.error();
        }
        bound.put(made.inode(), socket);
        return 0;
    }

    @Override
    public SocketResult find(Object caller, byte[] path) {
        InodeOrError found = files.stat((FsCaller) caller, path);
        Inode inode = found.inode();
        if (inode == null) {
            return SocketResult.failed(found.error());
        }
        if (!files.mayWrite((FsCaller) caller, inode)) {
            return SocketResult.failed(Errno.EACCES);
        }
        Socket socket = bound.get(inode);
        return socket == null ? SocketResult.failed(Errno.ECONNREFUSED) : SocketResult.of(socket);
    }
}
