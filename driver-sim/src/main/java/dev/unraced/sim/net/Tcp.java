// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_UNSPEC;
import static dev.unraced.linux.Errno.EADDRINUSE;
import static dev.unraced.linux.Errno.EADDRNOTAVAIL;
import static dev.unraced.linux.Errno.EAFNOSUPPORT;
import static dev.unraced.linux.Errno.EAGAIN;
import static dev.unraced.linux.Errno.EALREADY;
import static dev.unraced.linux.Errno.EINPROGRESS;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EISCONN;
import static dev.unraced.linux.Errno.ENETUNREACH;

import dev.unraced.sim.net.InetSocket.Progress;
import dev.unraced.sim.net.InetSocket.State;

/**
 * The calls of TCP sockets: net/ipv4/af_inet.c, net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c of a host on which TCP has
 * no device but the loopback.
 */
final class Tcp {
    final Ports ports;

    private final Devices devices;
    private final Handshake handshake;

    Tcp(Devices devices) {
        this.devices = devices;
        this.ports = new Ports();
        this.handshake = new Handshake(ports);
    }

    /** {@code __inet_stream_connect}. */
    ConnectAttempt connect(InetSocket socket, Address address) {
        if (address.length() < Address.FAMILY_SIZE) {
            return new ConnectAttempt(-EINVAL);
        }
        if (address.family() == AF_UNSPEC) {
            socket.disconnects++;
            handshake.disconnect(socket);
            socket.progress = Progress.UNCONNECTED;
            return new ConnectAttempt(0);
        }
        return switch (socket.progress) {
            case CONNECTED -> new ConnectAttempt(-EISCONN);
            case CONNECTING -> new TcpConnect(socket, handshake, -EALREADY);
            case UNCONNECTED -> begin(socket, address);
        };
    }

    private ConnectAttempt begin(InetSocket socket, Address address) {
        if (socket.state != State.CLOSE) {
            return new ConnectAttempt(-EISCONN);
        }
        int result = socket.family() == AF_INET ? address4(socket, address) : address6(socket, address);
        if (result != 0) {
            return new ConnectAttempt(result);
        }
        socket.progress = Progress.CONNECTING;
        handshake.sendSyn(socket);
        if (socket.nonblocking()) {
            // The kernel handles the answer when the call releases the socket, after its result is settled.
            return new ConnectAttempt(-EINPROGRESS);
        }
        return new TcpConnect(socket, handshake, -EINPROGRESS);
    }

    /** {@code tcp_v4_connect}. */
    private int address4(InetSocket socket, Address address) {
        int error = address.check4();
        return error == 0 ? choose4(socket, address.in(), address.port()) : error;
    }

    private int choose4(InetSocket socket, Ip wanted, int port) {
        // ip_route_connect: a connect to the unspecified address is a connect to oneself.
        Ip ip = !wanted.isAny() ? wanted : socket.localIp.isAny() ? Ip.LOOPBACK4 : socket.localIp;
        if (!devices.isLocal(ip)) {
            return -ENETUNREACH;
        }
        if (socket.localIp.isAny()) {
            socket.localIp = devices.sourceOf4(ip);
        }
        return choosePort(socket, ip, port);
    }

    /** {@code tcp_v6_connect}. */
    private int address6(InetSocket socket, Address address) {
        int error = address.check6();
        if (error != 0) {
            return error;
        }
        Ip ip = socket.destination6(address);
        if (ip.isMulticast6()) {
            return -ENETUNREACH;
        }
        if (ip.isLinkLocal() && !socket.takeScope(address)) {
            return -EINVAL;
        }
        socket.remoteIp = ip;
        if (ip.isMapped()) {
            return socket.isIp6Only() ? -ENETUNREACH : choose4(socket, ip, address.port());
        }
        if (!ip.isLoopback()) {
            return -ENETUNREACH;
        }
        if (socket.localIp.isMapped()) {
            return -EAFNOSUPPORT;
        }
        socket.localIp = Ip.LOOPBACK6;
        return choosePort(socket, ip, address.port());
    }

    /** {@code inet_hash_connect}. */
    private int choosePort(InetSocket socket, Ip ip, int port) {
        socket.remoteIp = ip;
        socket.dport = port;
        if (socket.num == 0 && !ports.takeAny(socket)) {
            handshake.clearPeer(socket);
            return -EADDRNOTAVAIL;
        }
        socket.state = State.SYN_SENT;
        return 0;
    }

    /** {@code inet_listen}. */
    int listen(InetSocket socket, int backlog) {
        boolean idle = socket.state == State.CLOSE || socket.state == State.LISTEN;
        if (socket.progress != Progress.UNCONNECTED || !idle) {
            return -EINVAL;
        }
        if (socket.num == 0 && !ports.takeAny(socket)) {
            return -EADDRINUSE;
        }
        socket.backlog = backlog;
        socket.state = State.LISTEN;
        handshake.answerMore(socket);
        return 0;
    }

    /** {@code inet_csk_accept} for a caller that does not wait. */
    SocketResult accept(InetSocket socket) {
        if (socket.state != State.LISTEN) {
            return SocketResult.failed(EINVAL);
        }
        InetSocket child = socket.queue.poll();
        if (child == null) {
            return SocketResult.failed(EAGAIN);
        }
        handshake.answerMore(socket);
        return SocketResult.of(child);
    }

    /** {@code tcp_close}: the peer keeps its end of the connection. */
    void close(InetSocket socket) {
        if (socket.state == State.ESTABLISHED && socket.peer != null) {
            socket.peer.peer = null;
            socket.peer = null;
        }
        handshake.disconnect(socket);
        ports.release(socket);
    }
}
