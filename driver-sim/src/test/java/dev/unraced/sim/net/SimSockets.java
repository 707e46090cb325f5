// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.event.ByteString;
import dev.unraced.linux.Errno;
import dev.unraced.linux.SocketTypes;
import java.util.ArrayList;
import java.util.List;

/** The simulated half of the comparison. */
final class SimSockets {
    private final Host host = new Host();
    private final List<Socket> sockets = new ArrayList<>();
    private final String suffix;
    private boolean waited;

    SimSockets(String suffix) {
        this.suffix = suffix;
        host.names.file("file");
    }

    void socket(int id, int family, int type, boolean nonblocking) {
        sockets.add(id, host.socket(family, type | (nonblocking ? SocketTypes.SOCK_NONBLOCK : 0)));
    }

    int family(int id) {
        return sockets.get(id).family();
    }

    int type(int id) {
        return sockets.get(id).type();
    }

    /** Returns whether the socket has released its port: in the real kernel another socket may have the port now. */
    boolean hasStalePort(int id) {
        return sockets.get(id) instanceof InetSocket inet && inet.num != inet.sport;
    }

    /**
     * Returns whether a client of this listener still waits: the real kernel would take a second to notice a change.
     */
    boolean leavesUnanswered(int id) {
        return sockets.get(id) instanceof InetSocket inet && !inet.unanswered.isEmpty();
    }

    /** Returns whether the socket is one of the Internet and listens. */
    boolean isListener(int id) {
        return sockets.get(id) instanceof InetSocket inet && inet.state == InetSocket.State.LISTEN;
    }

    boolean hasConnection(int id) {
        Socket socket = sockets.get(id);
        return socket instanceof InetSocket inet
                ? !inet.queue.isEmpty()
                : socket instanceof UnixSocket unix && !unix.queue.isEmpty();
    }

    boolean waited() {
        return waited;
    }

    String bind(int id, Target target) {
        return ComparableAnswers.result(host.bind(sockets.get(id), bytes(target)));
    }

    String listen(int id, int backlog) {
        return ComparableAnswers.result(host.network.listen(sockets.get(id), backlog));
    }

    String accept(int id) {
        return ComparableAnswers.result(-host.network.accept(sockets.get(id)).errno());
    }

    String connect(int id, Target target) {
        ConnectAttempt attempt = host.attempt(sockets.get(id), bytes(target));
        waited = attempt.waits();
        int result = waited ? attempt.abandon() : attempt.result();
        return ComparableAnswers.result(result == -Errno.ERESTARTSYS ? -Errno.EINTR : result);
    }

    String names(int id) {
        byte[] peer = host.network.peerName(sockets.get(id));
        return ComparableAnswers.name(ByteString.copyOf(host.network.localName(sockets.get(id))), suffix) + " to "
                + (peer == null ? "nobody" : ComparableAnswers.name(ByteString.copyOf(peer), suffix));
    }

    private byte[] bytes(Target target) {
        return target.bytes(id -> Math.max(0, Addresses.port(host.network.localName(sockets.get(id)))), suffix);
    }
}
