// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.linux.Errno.ECONNREFUSED;
import static dev.unraced.linux.Errno.ECONNRESET;

import dev.unraced.sim.net.InetSocket.Progress;
import dev.unraced.sim.net.InetSocket.State;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of TCP that happens outside of calls. Segments arrive at once. A listener without room drops a SYN, and the
 * client's next SYN arrives when there is room, in the order of the first SYNs.
 */
final class Handshake {
    private final Ports ports;

    Handshake(Ports ports) {
        this.ports = ports;
    }

    /** Sends the SYN of a client in SYN_SENT, which is then established, refused, or unanswered. */
    void sendSyn(InetSocket client) {
        if (client.remoteIp.equals(client.localIp) && client.dport == client.num) {
            // The socket opens a connection with itself.
            client.state = State.ESTABLISHED;
            return;
        }
        InetSocket listener = ports.listener(client.remoteIp, client.dport);
        if (listener == null) {
            client.error = ECONNREFUSED;
            done(client);
            return;
        }
        if (listener.isFull()) {
            client.asked = listener;
            listener.unanswered.add(client);
        } else {
            establish(client, listener);
        }
    }

    private void establish(InetSocket client, InetSocket listener) {
        InetSocket child = new InetSocket(listener.family(), listener.type(), listener.protocol());
        child.localIp = client.remoteIp;
        child.remoteIp = client.localIp;
        child.dport = client.num;
        child.addressLocked = listener.addressLocked;
        child.state = State.ESTABLISHED;
        child.progress = Progress.CONNECTED;
        child.peer = client;
        ports.share(child, client.dport);
        client.state = State.ESTABLISHED;
        client.peer = child;
        listener.queue.add(child);
    }

    /** Lets unanswered clients try again while the listener has room. */
    void answerMore(InetSocket listener) {
        while (!listener.isFull()) {
            InetSocket client = listener.unanswered.poll();
            if (client == null) {
                return;
            }
            client.asked = null;
            sendSyn(client);
        }
    }

    /** {@code tcp_disconnect}. It keeps a port or an address that bind(2) chose, and the peer's address. */
    void disconnect(InetSocket socket) {
        State before = socket.state;
        if (before != State.CLOSE) {
            done(socket);
        }
        if (before == State.LISTEN) {
            stopListening(socket);
        }
        if (socket.peer != null) {
            reset(socket.peer);
            socket.peer = null;
        }
        clearPeer(socket);
    }

    /** {@code inet_csk_listen_stop}. */
    private void stopListening(InetSocket listener) {
        for (InetSocket child : listener.queue) {
            disconnect(child);
            ports.release(child);
        }
        listener.queue.clear();
        List<InetSocket> unanswered = new ArrayList<>(listener.unanswered);
        listener.unanswered.clear();
        for (InetSocket client : unanswered) {
            client.asked = null;
            sendSyn(client);
        }
    }

    /** {@code tcp_reset}. */
    private void reset(InetSocket socket) {
        socket.peer = null;
        socket.error = ECONNRESET;
        done(socket);
    }

    /** {@code tcp_set_state} to TCP_CLOSE. */
    private void done(InetSocket socket) {
        socket.state = State.CLOSE;
        if (socket.asked != null) {
            socket.asked.unanswered.remove(socket);
            socket.asked = null;
        }
        if (!socket.portLocked) {
            ports.release(socket);
        }
    }

    /** Forgets the peer's port, and the own address if the connect chose it: {@code inet_bhash2_reset_saddr}. */
    void clearPeer(InetSocket socket) {
        socket.dport = 0;
        if (!socket.addressLocked) {
            socket.localIp = socket.any();
        }
    }
}
