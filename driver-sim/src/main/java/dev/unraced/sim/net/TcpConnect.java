// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.linux.Errno.ECONNABORTED;
import static dev.unraced.linux.Errno.EPIPE;

import dev.unraced.sim.net.InetSocket.Progress;
import dev.unraced.sim.net.InetSocket.State;

/** The second half of {@code __inet_stream_connect}: waits for the answer, and returns its result. */
final class TcpConnect extends ConnectAttempt {
    private final InetSocket socket;
    private final Handshake handshake;
    private final int disconnects;

    TcpConnect(InetSocket socket, Handshake handshake, int unanswered) {
        super(unanswered);
        this.socket = socket;
        this.handshake = handshake;
        this.disconnects = socket.disconnects;
        if (isAwaitedThere()) {
            proceed();
        } else {
            waits = !socket.nonblocking();
        }
    }

    @Override
    void proceed() {
        waits = false;
        if (socket.disconnects != disconnects) {
            result = -EPIPE;
        } else if (socket.state == State.CLOSE) {
            result = socket.error == 0 ? -ECONNABORTED : -socket.error;
            socket.error = 0;
            socket.progress = Progress.UNCONNECTED;
            socket.disconnects++;
            handshake.disconnect(socket);
        } else {
            socket.progress = Progress.CONNECTED;
            result = 0;
        }
    }

    @Override
    boolean isAwaitedThere() {
        return socket.state != State.SYN_SENT;
    }
}
