// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.sim.base.AccessLog;
import org.jspecify.annotations.Nullable;

/** A socket of a {@link Network}, as {@code struct socket} and {@code struct sock} show it. Not thread-safe. */
public abstract sealed class Socket permits InetSocket, UnixSocket {
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_SEQPACKET = 5;
    /** Bit of the type argument of socket(2). */
    public static final int SOCK_NONBLOCK = 04000;
    /** Bit of the type argument of socket(2). */
    public static final int SOCK_CLOEXEC = 02000000;

    final AccessLog log;
    /** The socket's own state. */
    final long thing;
    /** The connections that wait to be accepted. */
    final long queueThing;
    /** What an observer keeps of the socket's connects. */
    private final long connectsThing;

    private final int family;
    private final int type;
    private final int protocol;
    private boolean nonblocking;

    Socket(AccessLog log, int family, int type, int protocol) {
        this.log = log;
        this.family = family;
        this.type = type;
        this.protocol = protocol;
        this.thing = log.newThing();
        this.queueThing = log.newThing();
        this.connectsThing = log.newThing();
    }

    /** {@code skc_family}. */
    public final int family() {
        return family;
    }

    /** {@code type} of {@code struct socket}, without flags. */
    public final int type() {
        return type;
    }

    /** {@code sk_protocol}: 6 of TCP, 17 of UDP, 0 of UNIX sockets. */
    public final int protocol() {
        return protocol;
    }

    /** O_NONBLOCK of the open file. */
    public final boolean nonblocking() {
        log.read(thing);
        return nonblocking;
    }

    /** Sets O_NONBLOCK, as fcntl(2) does. */
    public final void nonblocking(boolean on) {
        log.write(thing);
        nonblocking = on;
    }

    /** Stands for what an observer keeps of the connects of this socket. */
    public final long connectsThing() {
        return connectsThing;
    }

    /** {@code skc_bound_dev_if}: the index of the device that the socket is bound to; 0 for none. */
    public abstract int device();

    /** {@code sk_err}: the error that the next call will be told, such as ECONNRESET; 0 for none. */
    public abstract int error();

    /**
     * The own end, from the fields of {@code struct sock}: a {@code sockaddr}, of a UNIX socket without a name the
     * family.
     */
    public abstract byte[] local();

    /**
     * The peer, from the fields of {@code struct sock}: a {@code sockaddr}, null when neither address nor port is set.
     */
    public abstract byte @Nullable [] remote();

    /** getsockname(2). */
    abstract byte[] localName();

    /** getpeername(2); null for ENOTCONN. */
    abstract byte @Nullable [] peerName();
}
