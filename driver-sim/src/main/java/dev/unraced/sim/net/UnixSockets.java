// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_UNIX;
import static dev.unraced.event.Sockaddr.AF_UNSPEC;
import static dev.unraced.linux.Errno.EADDRINUSE;
import static dev.unraced.linux.Errno.EAGAIN;
import static dev.unraced.linux.Errno.ECONNREFUSED;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.ENOSPC;
import static dev.unraced.linux.Errno.EOPNOTSUPP;
import static dev.unraced.linux.Errno.EPERM;
import static dev.unraced.linux.Errno.EPROTOTYPE;

import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.net.UnixSocket.State;
import java.util.Arrays;

/** The calls of UNIX sockets: net/unix/af_unix.c. */
final class UnixSockets {
    /** {@code sizeof(struct sockaddr_un)}. */
    private static final int LONGEST = 110;

    private final UnixNames names;
    private final AbstractNames abstractNames;

    UnixSockets(UnixNames names) {
        this.names = names;
        this.abstractNames = new AbstractNames();
    }

    /** {@code unix_bind}. */
    int bind(Object caller, UnixSocket socket, Address address) {
        if (address.length() == Address.FAMILY_SIZE && address.family() == AF_UNIX) {
            return socket.name != null || abstractNames.takeAny(socket) ? 0 : -ENOSPC;
        }
        if (!isName(address)) {
            return -EINVAL;
        }
        if (socket.name != null) {
            return isAbstract(address) ? -EINVAL : bindAgain(caller, address);
        }
        if (isAbstract(address)) {
            return abstractNames.take(socket, address.bytes(address.length())) ? 0 : -EADDRINUSE;
        }
        byte[] path = path(address);
        int result = names.bind(caller, path, socket);
        if (result == 0) {
            // unix_mkname_bsd includes the NUL, even when the name is then one byte too long for sun_path.
            socket.name = address.bytes(Address.FAMILY_SIZE + path.length + 1);
        }
        return result;
    }

    /**
     * Returns the error of a second bind. The kernel makes the inode before it sees that the socket has a name, so it
     * reports a taken name first.
     */
    private int bindAgain(Object caller, Address address) {
        SocketResult lookup = names.find(caller, path(address));
        boolean taken = lookup.socket() != null || lookup.errno() == ECONNREFUSED;
        return taken ? -EADDRINUSE : -EINVAL;
    }

    /** {@code unix_validate_addr}. */
    static boolean isName(Address address) {
        return address.length() > Address.FAMILY_SIZE && address.length() <= LONGEST && address.family() == AF_UNIX;
    }

    private static boolean isAbstract(Address address) {
        return address.bytes(LONGEST)[Address.FAMILY_SIZE] == 0;
    }

    private static byte[] path(Address address) {
        byte[] name = address.bytes(address.length());
        int end = Address.FAMILY_SIZE;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(name, Address.FAMILY_SIZE, end);
    }

    /** {@code unix_find_other}. A path may lead to a closed socket, which the kernel does not find. */
    SocketResult find(Object caller, Address address, int type) {
        if (isAbstract(address)) {
            UnixSocket named = abstractNames.find(type, address.bytes(address.length()));
            return named == null ? SocketResult.failed(ECONNREFUSED) : SocketResult.of(named);
        }
        SocketResult lookup = names.find(caller, path(address));
        if (!(lookup.socket() instanceof UnixSocket found)) {
            return SocketResult.failed(lookup.errno());
        }
        if (found.dead) {
            return SocketResult.failed(ECONNREFUSED);
        }
        return found.type() == type ? lookup : SocketResult.failed(EPROTOTYPE);
    }

    /** {@code unix_stream_connect} or {@code unix_dgram_connect}. */
    ConnectAttempt connect(Object caller, UnixSocket socket, Address address) {
        if (socket.type() == SocketTypes.SOCK_DGRAM) {
            return new ConnectAttempt(connectDatagrams(caller, socket, address));
        }
        return isName(address) ? new UnixConnect(this, caller, socket, address) : new ConnectAttempt(-EINVAL);
    }

    private int connectDatagrams(Object caller, UnixSocket socket, Address address) {
        if (address.length() < Address.FAMILY_SIZE) {
            return -EINVAL;
        }
        if (address.family() == AF_UNSPEC) {
            socket.peer = null;
            socket.state = State.CLOSE;
            return 0;
        }
        if (!isName(address)) {
            return -EINVAL;
        }
        SocketResult lookup = find(caller, address, socket.type());
        if (!(lookup.socket() instanceof UnixSocket other)) {
            return -lookup.errno();
        }
        // unix_may_send: a socket with a peer receives from that peer alone.
        if (other.peer != null && other.peer != socket) {
            return -EPERM;
        }
        socket.peer = other;
        socket.state = State.ESTABLISHED;
        other.state = State.ESTABLISHED;
        return 0;
    }

    /** {@code unix_listen}: a socket without a name cannot listen. */
    int listen(UnixSocket socket, int backlog) {
        if (socket.type() == SocketTypes.SOCK_DGRAM) {
            return -EOPNOTSUPP;
        }
        if (socket.name == null || socket.state == State.ESTABLISHED) {
            return -EINVAL;
        }
        socket.backlog = backlog;
        socket.state = State.LISTEN;
        return 0;
    }

    /** {@code unix_accept} for a caller that does not wait. */
    SocketResult accept(UnixSocket socket) {
        if (socket.type() == SocketTypes.SOCK_DGRAM) {
            return SocketResult.failed(EOPNOTSUPP);
        }
        if (socket.state != State.LISTEN) {
            return SocketResult.failed(EINVAL);
        }
        UnixSocket child = socket.queue.poll();
        return child == null ? SocketResult.failed(EAGAIN) : SocketResult.of(child);
    }

    /**
     * {@code unix_release_sock}: it closes connections that were not accepted, too; the name in the file tree stays.
     */
    void close(UnixSocket socket) {
        socket.dead = true;
        abstractNames.release(socket);
        if (socket.state == State.LISTEN) {
            socket.queue.forEach(this::close);
            socket.queue.clear();
        }
    }
}
