// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.linux.Errno.ECONNABORTED;
import static dev.unraced.linux.Errno.EPIPE;
import static dev.unraced.linux.Errno.ERESTARTSYS;

import dev.unraced.sim.net.InetSocket.Progress;
import dev.unraced.sim.net.InetSocket.State;

/** The second half of {@code __inet_stream_connect}: waits for the answer, and returns its result. */
final class TcpConnect implements ConnectAttempt {
    private final InetSocket socket;
    private final Handshake handshake;
    private final int disconnects;
    private int result;
    private boolean waits;

    TcpConnect(InetSocket socket, Handshake handshake, int unanswered) {
        this.socket = socket;
        this.handshake = handshake;
        this.disconnects = socket.disconnects;
        this.result = unanswered;
        if (socket.state != State.SYN_SENT) {
            conclude();
        } else {
            waits = !socket.nonblocking();
        }
    }

    private void conclude() {
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
    public int result() {
        return result;
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public boolean canGoOn() {
        return waits && socket.state != State.SYN_SENT;
    }

    @Override
    public void goOn() {
        if (!canGoOn()) {
            throw new IllegalStateException("this connect has nothing to go on with");
        }
        conclude();
    }

    /** Ends the call; its connection goes on. */
    @Override
    public int abandon() {
        waits = false;
        result = -ERESTARTSYS;
        return result;
    }
}
