// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import dev.unraced.driver.CaptureException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file of a UNIX socket: who may open it, and that it is nobody else's. */
final class SocketFile {
    private static final int SOCKET_TYPE = 0140000;
    private static final int TYPE_MASK = 0170000;

    private final Path path;

    SocketFile(Path path) {
        this.path = path;
    }

    /**
     * Makes way for a new socket: removes what a dead server has left.
     *
     * @throws CaptureException when a live one listens there, or it is no socket
     */
    void prepare() {
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & TYPE_MASK) != SOCKET_TYPE) {
                throw new CaptureException(path + " is no socket. Remove it, or listen elsewhere.");
            }
            if (isAlive()) {
                throw new CaptureException("Another server listens at " + path + ". Stop it, or listen elsewhere.");
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new CaptureException("Cannot make way for the socket " + path + ": " + e, e);
        }
    }

    private boolean isAlive() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Sets mode and owner of a bound socket.
     *
     * @param owner ids of user and group; null leaves the server's own
     */
    void grant(int mode, @Nullable Owner owner) {
        try {
            if (owner != null) {
                Files.setAttribute(path, "unix:uid", owner.uid());
                Files.setAttribute(path, "unix:gid", owner.gid());
            }
            Files.setPosixFilePermissions(path, permissions(mode));
        } catch (IOException e) {
            throw new CaptureException("Cannot set owner and mode of " + path + ": " + e, e);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Map<PosixFilePermission, Integer> bits = Map.of(
                PosixFilePermission.OWNER_READ, 0400,
                PosixFilePermission.OWNER_WRITE, 0200,
                PosixFilePermission.GROUP_READ, 0040,
                PosixFilePermission.GROUP_WRITE, 0020,
                PosixFilePermission.OTHERS_READ, 0004,
                PosixFilePermission.OTHERS_WRITE, 0002);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        bits.forEach((permission, bit) -> {
            if ((mode & bit) != 0) {
                permissions.add(permission);
            }
        });
        return permissions;
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next server removes it.
            org.slf4j.LoggerFactory.getLogger(SocketFile.class).debug("{} stays", path, e);
        }
    }
}
