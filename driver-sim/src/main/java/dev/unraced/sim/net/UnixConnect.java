// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.linux.Errno.EAGAIN;
import static dev.unraced.linux.Errno.ECONNREFUSED;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EISCONN;

import dev.unraced.sim.net.UnixSocket.State;
import org.jspecify.annotations.Nullable;

/** {@code unix_stream_connect}: looks the listener up whenever it goes on, and leaves no trace while it waits. */
final class UnixConnect extends ConnectAttempt {
    private final UnixSockets sockets;
    private final Object caller;
    private final UnixSocket socket;
    private final Address address;
    private @Nullable UnixSocket awaited;

    UnixConnect(UnixSockets sockets, Object caller, UnixSocket socket, Address address) {
        super(-EAGAIN);
        this.sockets = sockets;
        this.caller = caller;
        this.socket = socket;
        this.address = address;
        proceed();
    }

    @Override
    void proceed() {
        awaited = null;
        result = attempt();
        waits = awaited != null;
    }

    private int attempt() {
        SocketResult lookup = sockets.find(caller, address, socket.type());
        if (!(lookup.socket() instanceof UnixSocket listener)) {
            return -lookup.errno();
        }
        if (!listener.isListening()) {
            return -ECONNREFUSED;
        }
        if (listener.isFull()) {
            awaited = socket.nonblocking() ? null : listener;
            return -EAGAIN;
        }
        return switch (socket.state) {
            case ESTABLISHED -> -EISCONN;
            case LISTEN -> -EINVAL;
            case CLOSE -> establish(listener);
        };
    }

    private int establish(UnixSocket listener) {
        UnixSocket child = new UnixSocket(listener.type());
        child.name = listener.name;
        child.state = State.ESTABLISHED;
        child.peer = socket;
        socket.peer = child;
        socket.state = State.ESTABLISHED;
        listener.queue.add(child);
        return 0;
    }

    /** Returns whether {@code unix_wait_for_peer} would end its sleep. */
    @Override
    boolean isAwaitedThere() {
        return awaited == null || !awaited.isListening() || !awaited.isFull();
    }
}
