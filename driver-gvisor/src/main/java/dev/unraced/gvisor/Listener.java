// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.unraced.capture.CaptureException;
import dev.unraced.event.Sockaddr;
import dev.unraced.linux.Errno;
import dev.unraced.linux.FileMode;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.LibC;
import dev.unraced.natives.SocketProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket that sandboxes connect to, and the thread that accepts them. The thread does nothing else, so that no peer
 * can hold it up.
 */
final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private static final int BACKLOG = 128;
    private static final int LOOK_MILLIS = 500;
    /** The pause after a failure such as too many open files, which would only repeat at once. */
    private static final long PAUSE_NANOS = 50_000_000;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path endpoint;
    private final int fd;
    private final Memory polled = new Memory(8);
    private final Thread thread;
    private volatile boolean closing;

    /**
     * Listens.
     *
     * @param mode the permissions of the socket; a folder made for it is its owner's alone
     * @param accepted gets the descriptor of each connection, and has to return at once; if it throws, the connection
     *     is closed
     * @throws CaptureException when the socket cannot be made; the message names the remedy
     */
    Listener(Path endpoint, int mode, IntConsumer accepted) {
        this.endpoint = endpoint;
        makeFolder();
        fd = LibC.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_SEQPACKET | SocketTypes.SOCK_CLOEXEC, 0);
        try {
            bind(mode);
        } catch (RuntimeException e) {
            LibC.close(fd);
            throw e;
        }
        try {
            polled.setInt(0, fd);
            polled.setShort(4, LibC.POLLIN);
            thread = new Thread(() -> accept(accepted), "unraced-gvisor-accept");
            thread.setDaemon(true);
            thread.start();
        } catch (RuntimeException | Error e) {
            LibC.close(fd);
            remove();
            throw e;
        }
    }

    private void makeFolder() {
        Path folder = endpoint.getParent();
        try {
            if (!Files.isDirectory(folder)) {
                // Only the last folder belongs to this socket alone.
                Files.createDirectories(folder.toAbsolutePath().getParent());
                Files.createDirectory(folder, OWNER_ONLY);
            }
        } catch (IOException e) {
            throw new CaptureException(
                    "driver gvisor: cannot make the folder " + folder
                            + " for the socket; set unraced.gvisor.endpoint to a place that this user may write to",
                    e);
        }
    }

    private void bind(int mode) {
        Memory address = UnixAddress.of(endpoint);
        int length = (int) address.size();
        if (LibC.bind(fd, address, length) != 0) {
            int error = Native.getLastError();
            if (error == Errno.EADDRINUSE && !isSocket()) {
                throw new CaptureException("driver gvisor: " + endpoint
                        + " is no socket. Remove it, or set unraced.gvisor.endpoint to another path");
            }
            boolean isLeftOver = error == Errno.EADDRINUSE && !isServed(address);
            if (!isLeftOver || !remove() || LibC.bind(fd, address, length) != 0) {
                throw new CaptureException("driver gvisor: cannot listen on " + endpoint + ": " + why(error));
            }
        }
        // No peer can connect before listen(2).
        try {
            Files.setPosixFilePermissions(endpoint, FileMode.permissions(mode));
        } catch (IOException e) {
            remove();
            throw new CaptureException("driver gvisor: cannot set the permissions of " + endpoint, e);
        }
        if (LibC.listen(fd, BACKLOG) != 0) {
            remove();
            throw new CaptureException("driver gvisor: cannot listen on " + endpoint);
        }
    }

    private static String why(int error) {
        return switch (error) {
            case Errno.EADDRINUSE ->
                "another process listens there. Stop it, or set unraced.gvisor.endpoint to another"
                        + " path, in the sandboxes' trace session, too";
            case Errno.EACCES -> "this user may not write there. Run as root, or set unraced.gvisor.endpoint";
            default -> "errno " + error;
        };
    }

    /** Returns false if a file of another type has the name. One that vanished meanwhile counts as a socket. */
    private boolean isSocket() {
        try {
            return FileMode.isSocket(endpoint);
        } catch (IOException e) {
            return true;
        }
    }

    /** Returns whether a socket has a listener; a killed process leaves its socket behind. */
    private static boolean isServed(Memory address) {
        return SocketProbe.of(SocketTypes.SOCK_SEQPACKET, address.getByteArray(0, (int) address.size()))
                .isServed();
    }

    /**
     * Accepts until the socket is closed: memory and threads that are short for one sandbox may suffice for the next.
     */
    private void accept(IntConsumer accepted) {
        Throwable failure = null;
        while (!closing) {
            try {
                if (failure != null) {
                    // This stands here because writing a message can fail, too.
                    Throwable last = failure;
                    failure = null;
                    LOG.error("A sandbox could not be accepted, and is turned away", last);
                }
                acceptNext(accepted);
            } catch (RuntimeException | Error e) {
                failure = e;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void acceptNext(IntConsumer accepted) {
        if (LibC.poll(polled, 1, LOOK_MILLIS) <= 0 || closing) {
            return;
        }
        int connection = LibC.accept4(fd, 0, 0, SocketTypes.SOCK_CLOEXEC);
        if (connection >= 0) {
            pass(connection, accepted);
        } else if (!closing) {
            LOG.warn("Accepting a sandbox failed with errno {}", Native.getLastError());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void pass(int connection, IntConsumer accepted) {
        boolean passed = false;
        try {
            accepted.accept(connection);
            passed = true;
        } finally {
            if (!passed) {
                LibC.close(connection);
            }
        }
    }

    private boolean remove() {
        try {
            return Files.deleteIfExists(endpoint);
        } catch (IOException e) {
            LOG.warn("The socket {} cannot be removed", endpoint, e);
            return false;
        }
    }

    /** Stops accepting, and removes the socket. Further calls do nothing. */
    @Override
    public synchronized void close() {
        if (closing) {
            return;
        }
        closing = true;
        LibC.shutdown(fd, LibC.SHUT_RDWR);
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        LibC.close(fd);
        remove();
    }
}
