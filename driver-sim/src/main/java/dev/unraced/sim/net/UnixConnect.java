// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.linux.Errno.EAGAIN;
import static dev.unraced.linux.Errno.ECONNREFUSED;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EISCONN;
import static dev.unraced.linux.Errno.ERESTARTSYS;

import dev.unraced.sim.net.UnixSocket.State;
import org.jspecify.annotations.Nullable;

/** {@code unix_stream_connect}: looks the listener up whenever it goes on, and leaves no trace while it waits. */
final class UnixConnect implements ConnectAttempt {
    private final UnixSockets sockets;
    private final Object caller;
    private final UnixSocket socket;
    private final Address address;
    private @Nullable UnixSocket awaited;
    private int result;

    UnixConnect(UnixSockets sockets, Object caller, UnixSocket socket, Address address) {
        this.sockets = sockets;
        this.caller = caller;
        this.socket = socket;
        this.address = address;
        this.result = attempt();
    }

    private int attempt() {
        awaited = null;
        Lookup lookup = sockets.find(caller, address, socket.type());
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

    @Override
    public int result() {
        return result;
    }

    @Override
    public boolean waits() {
        return awaited != null;
    }

    /** Returns whether {@code unix_wait_for_peer} would end its sleep. */
    @Override
    public boolean canGoOn() {
        return awaited != null && !(awaited.isListening() && awaited.isFull());
    }

    @Override
    public void goOn() {
        if (!canGoOn()) {
            throw new IllegalStateException("this connect has nothing to go on with");
        }
        result = attempt();
    }

    @Override
    public int abandon() {
        awaited = null;
        result = -ERESTARTSYS;
        return result;
    }
}
