// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import org.jspecify.annotations.Nullable;

/** A socket of a {@link Network}, with the fields of {@code struct socket} and {@code struct sock}. Not thread-safe. */
public abstract sealed class Socket permits InetSocket, UnixSocket {

    private final int family;
    private final int type;
    private final int protocol;
    private boolean nonblocking;

    Socket(int family, int type, int protocol) {
        this.family = family;
        this.type = type;
        this.protocol = protocol;
    }

    /** {@code skc_family}. */
    public final int family() {
        return family;
    }

    /** {@code type} of {@code struct socket}, without flags. */
    public final int type() {
        return type;
    }

    /** {@code sk_protocol}: 6 for TCP, 17 for UDP, 0 for UNIX sockets. */
    public final int protocol() {
        return protocol;
    }

    /** Returns O_NONBLOCK of the open file. */
    public final boolean nonblocking() {
        return nonblocking;
    }

    /** Sets O_NONBLOCK, as fcntl(2) does. */
    public final void nonblocking(boolean on) {
        nonblocking = on;
    }

    /** {@code skc_bound_dev_if}: the index of the device that the socket is bound to; 0 for none. */
    public abstract int device();

    /** Returns whether a connect that begins now looks at its address. */
    public abstract Heed heed();

    /** {@code sk_err}: the error that the next call will return, such as ECONNRESET; 0 for none. */
    public abstract int error();

    /**
     * The own {@code sockaddr}, from the fields of {@code struct sock}; only the family for a UNIX socket without a
     * name.
     */
    public abstract byte[] local();

    /** The own {@code sockaddr} with the port that the socket holds, which is 0 when a reset has released it. */
    public byte[] localWhileHeld() {
        return local();
    }

    /**
     * The peer's {@code sockaddr}, from the fields of {@code struct sock}; null when neither address nor port is set.
     */
    public abstract byte @Nullable [] remote();

    /** The name that getsockname(2) returns. */
    final byte[] localName() {
        return local();
    }

    /** The name that getpeername(2) returns; null for ENOTCONN. */
    byte @Nullable [] peerName() {
        return remote();
    }
}
