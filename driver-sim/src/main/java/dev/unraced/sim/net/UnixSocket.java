// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_UNIX;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A socket of AF_UNIX, with the fields of {@code struct unix_sock}. */
final class UnixSocket extends Socket {
    /** {@code sk_state}. */
    enum State {
        CLOSE,
        ESTABLISHED,
        LISTEN
    }

    State state = State.CLOSE;
    /** The whole {@code sockaddr_un}, with the length that getsockname(2) returns; null without a name. */
    byte @Nullable [] name;

    /** {@code unix_peer}, which stays after the peer's file is closed. */
    @Nullable
    UnixSocket peer;

    /** SOCK_DEAD: the file is closed. */
    boolean dead;

    int backlog;
    final ArrayDeque<UnixSocket> queue = new ArrayDeque<>();

    UnixSocket(int type) {
        super(AF_UNIX, type, 0);
    }

    boolean isListening() {
        return state == State.LISTEN && !dead;
    }

    /** {@code unix_recvq_full}: a backlog of 0 admits one connection. */
    boolean isFull() {
        return queue.size() > backlog;
    }

    @Override
    public Heed heed() {
        return Heed.ALWAYS;
    }

    @Override
    public byte[] local() {
        return name == null ? new byte[] {AF_UNIX, 0} : name.clone();
    }

    @Override
    public byte @Nullable [] remote() {
        return peer == null ? null : peer.local();
    }

    @Override
    public int device() {
        return 0;
    }

    @Override
    public int error() {
        return 0;
    }
}
