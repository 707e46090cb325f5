// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import dev.unraced.linux.Errno;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The outcome of an attempt to connect to a UNIX socket. The attempt does not wait: while the queue of a listener that
 * hangs is full, a blocking connect(2) would wait for ever.
 *
 * @param state whether somebody listens
 * @param reason the reason why there is no connection, empty if there was one
 */
public record SocketProbe(State state, String reason) {
    /** Tells whether somebody listens at a socket. */
    public enum State {
        /** The connection was made. */
        LISTENING,
        /** Somebody listens, but takes no connection now, or none of this type. */
        BUSY,
        /** Nobody listens: a process that was killed leaves its file behind. */
        NOBODY,
        /** This user may not connect. */
        NOT_ALLOWED
    }

    /** Returns whether a process listens, as far as this user can see. */
    public boolean isServed() {
        return state == State.LISTENING || state == State.BUSY;
    }

    /** Connects to a socket of the type SOCK_STREAM. This needs no JNA. */
    public static SocketProbe of(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            return channel.connect(UnixDomainSocketAddress.of(path))
                    ? new SocketProbe(State.LISTENING, "")
                    : new SocketProbe(State.BUSY, "its queue is full");
        } catch (BindException e) {
            // EACCES or EPERM, whose words are in the user's language.
            return new SocketProbe(State.NOT_ALLOWED, String.valueOf(e.getMessage()));
        } catch (ConnectException e) {
            return new SocketProbe(State.NOBODY, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new SocketProbe(Files.notExists(path) ? State.NOBODY : State.BUSY, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Connects to a socket of another type.
     *
     * @param type a number of socket(2)
     * @param address a struct sockaddr_un
     */
    public static SocketProbe of(int type, byte[] address) {
        int error = LibC.tryToConnect(type, address);
        State state = switch (error) {
            case 0 -> State.LISTENING;
            case Errno.ECONNREFUSED, Errno.ENOENT -> State.NOBODY;
            case Errno.EACCES, Errno.EPERM -> State.NOT_ALLOWED;
            default -> State.BUSY;
        };
        return new SocketProbe(state, error == 0 ? "" : "errno " + error);
    }
}
