// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;
import static dev.unraced.linux.Errno.EAFNOSUPPORT;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EOPNOTSUPP;
import static dev.unraced.linux.Errno.EPROTONOSUPPORT;
import static dev.unraced.linux.Errno.ESOCKTNOSUPPORT;

import dev.unraced.linux.SocketTypes;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one host. Its only device is the loopback with 127.0.0.0/8 and ::1, until others are added. Each call
 * is one atomic step, as the system call is once its arguments are in the kernel. Only a {@link ConnectAttempt} waits.
 * No time passes, so a port is free as soon as its last holder is closed.
 *
 * <p>Not thread-safe: its kernel has a lock.
 */
public final class Network {
    /** {@code SOCK_TYPE_MASK} of include/linux/net.h. */
    private static final int TYPE_MASK = 0xf;
    /** {@code SOCK_MAX}. */
    private static final int TYPES = 11;
    /** {@code IPPROTO_MAX}. */
    private static final int PROTOCOLS = 263;
    /** {@code net.core.somaxconn}: the kernel's default. */
    private static final int LONGEST_BACKLOG = 4096;

    private final Tcp tcp;
    private final Datagrams datagrams;
    private final UnixSockets unix;
    private final Devices devices = new Devices();

    public Network(UnixNames names) {
        this.tcp = new Tcp(devices);
        this.datagrams = new Datagrams(devices);
        this.unix = new UnixSockets(names);
    }

    /**
     * Adds a device beside the loopback. It carries datagrams to link-local addresses and groups, and has fe80::66. No
     * connect may be under way.
     *
     * @param index above 1, which is the loopback's
     */
    public void addLink(int index) {
        devices.addLink(index);
    }

    /** Gives the loopback one more IPv4 address, which is its own source address. No connect may be under way. */
    public void addAddress(byte[] address) {
        devices.addAddress(Ip.v4(ByteBuffer.wrap(address).getInt()));
    }

    /** setsockopt(2) with SO_BINDTOIFINDEX; 0 removes the device. */
    public void bindToDevice(Socket socket, int index) {
        if (socket instanceof InetSocket inet) {
            inet.device = index;
        }
    }

    /**
     * Makes a socket, as socket(2) does for a caller that may make raw sockets.
     *
     * @param type may have SOCK_NONBLOCK and SOCK_CLOEXEC; the latter belongs to the descriptor, and is ignored
     */
    public SocketResult socket(int family, int type, int protocol) {
        int kind = type & TYPE_MASK;
        int flags = type & ~TYPE_MASK;
        if ((flags & ~(SocketTypes.SOCK_NONBLOCK | SocketTypes.SOCK_CLOEXEC)) != 0) {
            return SocketResult.failed(EINVAL);
        }
        if (family != AF_UNIX && family != AF_INET && family != AF_INET6) {
            return SocketResult.failed(EAFNOSUPPORT);
        }
        if (kind >= TYPES) {
            return SocketResult.failed(EINVAL);
        }
        SocketResult made = family == AF_UNIX ? unixSocket(kind, protocol) : inetSocket(family, kind, protocol);
        if (made.socket() != null) {
            made.socket().nonblocking((flags & SocketTypes.SOCK_NONBLOCK) != 0);
        }
        return made;
    }

    /** {@code unix_create}, which makes a datagram socket for SOCK_RAW. */
    private SocketResult unixSocket(int type, int protocol) {
        if (protocol != 0 && protocol != AF_UNIX) {
            return SocketResult.failed(EPROTONOSUPPORT);
        }
        return switch (type) {
            case SocketTypes.SOCK_STREAM, SocketTypes.SOCK_SEQPACKET, SocketTypes.SOCK_DGRAM ->
                SocketResult.of(new UnixSocket(type));
            case SocketTypes.SOCK_RAW -> SocketResult.of(new UnixSocket(SocketTypes.SOCK_DGRAM));
            default -> SocketResult.failed(ESOCKTNOSUPPORT);
        };
    }

    /** {@code inet_create} and {@code inet6_create}. */
    private SocketResult inetSocket(int family, int type, int protocol) {
        if (protocol < 0 || protocol >= PROTOCOLS) {
            return SocketResult.failed(EINVAL);
        }
        int own = switch (type) {
            case SocketTypes.SOCK_STREAM -> SocketTypes.IPPROTO_TCP;
            case SocketTypes.SOCK_DGRAM -> SocketTypes.IPPROTO_UDP;
            case SocketTypes.SOCK_RAW -> protocol;
            default -> -1;
        };
        if (own < 0) {
            return SocketResult.failed(ESOCKTNOSUPPORT);
        }
        if (own == 0 || (protocol != 0 && protocol != own)) {
            return SocketResult.failed(EPROTONOSUPPORT);
        }
        return SocketResult.of(new InetSocket(family, type, own));
    }

    /**
     * bind(2).
     *
     * @param caller handed to the {@link UnixNames}
     * @return 0 or a negated errno
     */
    public int bind(Object caller, Socket socket, byte[] address) {
        Address copy = new Address(address, address.length);
        if (socket instanceof UnixSocket own) {
            return unix.bind(caller, own, copy);
        }
        InetSocket inet = (InetSocket) socket;
        return InetBind.bind(
                inet,
                copy,
                devices,
                switch (inet.type()) {
                    case SocketTypes.SOCK_STREAM -> tcp.ports;
                    case SocketTypes.SOCK_DGRAM -> datagrams.ports;
                    default -> null;
                });
    }

    /** listen(2); returns 0 or a negated errno. */
    public int listen(Socket socket, int backlog) {
        int used = backlog < 0 || backlog > LONGEST_BACKLOG ? LONGEST_BACKLOG : backlog;
        if (socket instanceof UnixSocket own) {
            return unix.listen(own, used);
        }
        return isTcp(socket) ? tcp.listen((InetSocket) socket, used) : -EOPNOTSUPP;
    }

    /** accept(2) for a caller that does not wait: EAGAIN when no connection waits. */
    public SocketResult accept(Socket socket) {
        if (socket instanceof UnixSocket own) {
            return unix.accept(own);
        }
        return isTcp(socket) ? tcp.accept((InetSocket) socket) : SocketResult.failed(EOPNOTSUPP);
    }

    /**
     * connect(2), after {@code move_addr_to_kernel} of net/socket.c.
     *
     * @param caller handed to the {@link UnixNames}, perhaps again when the connect goes on
     * @param kernelAddress the kernel's copy, addrlen bytes or more
     * @param addrlen 0 to 128
     */
    public ConnectAttempt connect(Object caller, Socket socket, byte[] kernelAddress, int addrlen) {
        Address address = new Address(kernelAddress, addrlen);
        if (socket instanceof UnixSocket own) {
            return unix.connect(caller, own, address);
        }
        InetSocket inet = (InetSocket) socket;
        return isTcp(inet) ? tcp.connect(inet, address) : new ConnectAttempt(datagrams.connect(inet, address));
    }

    /** getsockname(2). */
    public byte[] localName(Socket socket) {
        return socket.localName();
    }

    /** getpeername(2); null for ENOTCONN. */
    public byte @Nullable [] peerName(Socket socket) {
        return socket.peerName();
    }

    /** Closes a socket whose last descriptor is closed. */
    public void close(Socket socket) {
        if (socket instanceof UnixSocket own) {
            unix.close(own);
        } else if (isTcp(socket)) {
            tcp.close((InetSocket) socket);
        } else {
            datagrams.close((InetSocket) socket);
        }
    }

    private static boolean isTcp(Socket socket) {
        return socket instanceof InetSocket && socket.type() == SocketTypes.SOCK_STREAM;
    }
}
