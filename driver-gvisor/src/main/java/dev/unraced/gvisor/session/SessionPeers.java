// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import static dev.unraced.linux.Errno.EBADF;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a sandbox's trace session has a receiver. runsc does not say: a session whose capture was killed
 * looks like any other, and drops all its frames. So this class borrows the sandbox's sockets, by pidfd_getfd(2), and
 * checks whether their peers have hung up.
 */
public final class SessionPeers {
    private static final long PIDFD_OPEN = 434;
    private static final long PIDFD_GETFD = 438;
    private static final int SEQPACKET = SocketTypes.SOCK_SEQPACKET;
    private static final int ADDRESS_SIZE = 110;
    private static final int LENGTH_AT = 112;
    private static final int MEMORY = 128;

    private SessionPeers() {}

    /**
     * A receiver of a sandbox's frames.
     *
     * @param endpoint the socket that the sandbox connected to
     * @param isThere true unless the receiver has hung up
     */
    public record Peer(String endpoint, boolean isThere) {}

    /**
     * Returns the other ends of a sandbox's trace sessions, including ended ones.
     *
     * @param pid the sandbox's process
     * @throws IOException when this process may not look, or the sandbox is gone
     */
    public static List<Peer> of(long pid) throws IOException {
        List<Peer> peers = new ArrayList<>();
        int process = (int) LibC.syscall(PIDFD_OPEN, pid, 0, 0, 0, 0);
        if (process < 0) {
            throw new IOException("pidfd_open(2) fails with errno " + Native.getLastError());
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"));
                Memory memory = new Memory(MEMORY)) {
            for (Path file : files) {
                if (isSocket(file)) {
                    peer(process, Integer.parseInt(file.getFileName().toString()), memory)
                            .ifPresent(peers::add);
                }
            }
        } finally {
            LibC.close(process);
        }
        return peers;
    }

    private static boolean isSocket(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (IOException e) {
            // The descriptor was closed meanwhile.
            return false;
        }
    }

    private static Optional<Peer> peer(int process, int number, Memory memory) throws IOException {
        int fd = (int) LibC.syscall(PIDFD_GETFD, process, number, 0, 0, 0);
        if (fd < 0) {
            if (Native.getLastError() == EBADF) {
                // The descriptor was closed meanwhile.
                return Optional.empty();
            }
            throw new IOException("pidfd_getfd(2) fails with errno " + Native.getLastError());
        }
        try {
            memory.clear();
            memory.setInt(LENGTH_AT, Integer.BYTES);
            LibC.getsockopt(fd, LibC.SOL_SOCKET, LibC.SO_TYPE, memory, memory.share(LENGTH_AT));
            boolean isSession = memory.getInt(0) == SEQPACKET;
            memory.setInt(LENGTH_AT, ADDRESS_SIZE);
            if (!isSession || LibC.getpeername(fd, memory, memory.share(LENGTH_AT)) != 0) {
                return Optional.empty();
            }
            // In a struct sockaddr_un the path follows the family, and ends with a zero or the length.
            int length = memory.getInt(LENGTH_AT) - Short.BYTES;
            if (length <= 0) {
                return Optional.empty();
            }
            String path = new String(memory.getByteArray(Short.BYTES, length), StandardCharsets.UTF_8);
            int end = path.indexOf(0);
            memory.setInt(0, fd);
            memory.setInt(Integer.BYTES, 0);
            LibC.poll(memory, 1, 0);
            boolean isThere = (memory.getShort(6) & LibC.POLLHUP) == 0;
            return Optional.of(new Peer(end < 0 ? path : path.substring(0, end), isThere));
        } finally {
            LibC.close(fd);
        }
    }
}
