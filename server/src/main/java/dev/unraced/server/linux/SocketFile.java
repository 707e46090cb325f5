// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import dev.unraced.capture.CaptureException;
import dev.unraced.linux.FileErrors;
import dev.unraced.linux.FileMode;
import dev.unraced.natives.SocketProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The file of a UNIX socket: its permissions, and the check that no other server uses it. */
public final class SocketFile {

    private static final int PERMISSIONS = 07777;
    private static final int READ_WRITE = 0666;

    /** Where folders are made, whatever their number. */
    private static final List<Path> RUN = List.of(Path.of("/run"), Path.of("/var/run"));

    private final Path path;
    /** The device and the inode of the socket that was bound; another server's has others. */
    private @Nullable Object bound;
    /** The folder, if it was made for this socket. */
    private @Nullable Path made;

    /** Names the file; {@link #prepare} makes way for it. */
    public SocketFile(Path path) {
        this.path = path;
    }

    /**
     * Waits until no other server is between {@link #prepare} and the end of its bind at this path: two that start at
     * once could each take the other's socket for a dead one's. The caller closes the result when it is bound.
     *
     * @throws CaptureException when the folder cannot be written to, or another server starts for very long
     */
    public StartLock lock() {
        makeFolder();
        try {
            return StartLock.at(path.resolveSibling(path.getFileName() + ".starting"));
        } catch (IOException e) {
            throw new CaptureException("Cannot listen at unix:" + path + ": " + FileErrors.reason(e), e);
        }
    }

    /**
     * Prepares the path for a new socket, and removes the file that a dead server has left.
     *
     * @throws CaptureException when a live server listens there, or the file is no socket
     */
    public void prepare() {
        makeFolder();
        try {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!FileMode.isSocket(path)) {
                throw new CaptureException(path + " is no socket. Remove it, or listen elsewhere.");
            }
            if (SocketProbe.of(path).isServed()) {
                throw new CaptureException("Another server listens at " + path + ". Stop it, or listen elsewhere.");
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new CaptureException(
                    "Cannot make way for the socket " + path + ": " + FileErrors.fileAndReason(e), e);
        }
    }

    private void makeFolder() {
        Path folder = path.getParent();
        if (folder == null || Files.isDirectory(folder)) {
            return;
        }
        Path above = folder.toAbsolutePath().normalize().getParent();
        // A folder of /run does not survive a boot. Elsewhere, two that are missing are a typing mistake.
        if (!Files.exists(above) && RUN.stream().noneMatch(above::startsWith)) {
            throw new CaptureException(
                    "There is no folder " + above + " for the socket " + path + ". Make it, or correct the address.");
        }
        try {
            Files.createDirectories(above);
            Files.createDirectory(folder);
            made = folder;
        } catch (IOException e) {
            throw new CaptureException(
                    "Cannot make way for the socket " + path + ": " + FileErrors.fileAndReason(e), e);
        }
    }

    /**
     * Sets mode and owner of a bound socket.
     *
     * @param owner ids of user and group; null leaves the server's own
     */
    public void grant(int mode, @Nullable Owner owner) {
        try {
            bound = identity();
            if (owner != null) {
                Files.setAttribute(path, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
            }
            Files.setPosixFilePermissions(path, FileMode.permissions(mode & READ_WRITE));
        } catch (IOException e) {
            throw new CaptureException("Cannot set owner and mode of " + path + ": " + FileErrors.reason(e), e);
        }
    }

    /**
     * Gives the folder that was made for this socket to another user, who can then remove the socket. An older folder
     * may hold files of others.
     */
    public void handOver(Owner next) {
        if (made != null) {
            try {
                Files.setAttribute(made, "unix:uid", next.uid());
                Files.setAttribute(made, "unix:gid", next.gid());
            } catch (IOException e) {
                throw new CaptureException("Cannot set the owner of " + made + ": " + FileErrors.reason(e), e);
            }
        }
    }

    /**
     * Returns the first folder on the way that keeps out users whom the socket's mode lets in, or null. See
     * path_resolution(7); access control lists are not read.
     */
    public @Nullable Path obstacle(int mode, @Nullable Owner owner) {
        for (Path folder = path.toAbsolutePath().getParent(); folder != null; folder = folder.getParent()) {
            try {
                Map<String, Object> found = Files.readAttributes(folder, "unix:mode,uid,gid");
                int open = (Integer) found.get("mode") & PERMISSIONS;
                boolean ownersGroup = owner != null && found.get("gid").equals(owner.gid());
                boolean ownersOwn = owner != null && found.get("uid").equals(owner.uid());
                boolean ownerEnters = owner == null
                        || owner.uid() == 0
                        || (open & (ownersOwn ? 0100 : ownersGroup ? 0010 : 0001)) != 0;
                boolean groupEnters = owner == null || (open & (ownersGroup ? 0010 : 0001)) != 0;
                if (((mode & 0200) != 0 && !ownerEnters)
                        || ((mode & 0020) != 0 && !groupEnters)
                        || ((mode & 0002) != 0 && (open & 0001) == 0)) {
                    return folder;
                }
            } catch (IOException e) {
                return null;
            }
        }
        return null;
    }

    private @Nullable Object identity() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /**
     * Removes the socket that {@link #grant} found bound, if the path still names it. A socket that cannot be removed
     * stays for the next server.
     */
    public void delete() {
        try {
            if (bound != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && bound.equals(identity())) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // The next server removes the file.
            org.slf4j.LoggerFactory.getLogger(SocketFile.class).debug("{} stays", path, e);
        }
    }
}
