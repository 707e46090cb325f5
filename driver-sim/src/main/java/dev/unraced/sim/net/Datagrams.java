// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNSPEC;
import static dev.unraced.linux.Errno.EACCES;
import static dev.unraced.linux.Errno.EAFNOSUPPORT;
import static dev.unraced.linux.Errno.EAGAIN;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.ENETUNREACH;

import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.net.InetSocket.State;

/**
 * The calls of UDP and raw sockets: {@code inet_dgram_connect} of net/ipv4/af_inet.c, net/ipv4/datagram.c and
 * net/ipv6/datagram.c.
 */
final class Datagrams {
    final Ports ports;

    private final Devices devices;

    Datagrams(Devices devices) {
        this.devices = devices;
        this.ports = new Ports();
    }

    /** Returns the result of connect(2). The kernel binds a port even if the address turns out to be invalid. */
    int connect(InetSocket socket, Address address) {
        if (address.length() < Address.FAMILY_SIZE) {
            return -EINVAL;
        }
        if (address.family() == AF_UNSPEC) {
            disconnect(socket);
            return 0;
        }
        if (socket.num == 0 && !ports.takeAny(socket)) {
            return -EAGAIN;
        }
        if (socket.family() == AF_INET6 && address.family() == AF_INET) {
            return socket.isIp6Only() ? -EAFNOSUPPORT : address4(socket, address);
        }
        return socket.family() == AF_INET ? address4(socket, address) : address6(socket, address);
    }

    /** {@code __ip4_datagram_connect}. */
    private int address4(InetSocket socket, Address address) {
        int error = address.check4();
        return error == 0 ? choose4(socket, address.in(), address.port()) : error;
    }

    private int choose4(InetSocket socket, Ip wanted, int port) {
        boolean bound = socket.localIp.isMapped() && !socket.localIp.isAny();
        Ip ip = !wanted.isAny() ? wanted : bound ? socket.localIp : Ip.LOOPBACK4;
        if (ip.isBroadcast()) {
            return -EACCES;
        }
        if (!devices.isLocal(ip)) {
            return -ENETUNREACH;
        }
        establish(socket, devices.sourceOf4(ip), ip, port);
        return 0;
    }

    /** {@code __ip6_datagram_connect}. */
    private int address6(InetSocket socket, Address address) {
        int error = address.check6();
        if (error != 0) {
            return error;
        }
        Ip ip = socket.destination6(address);
        if (ip.isMapped()) {
            return socket.isIp6Only() ? -ENETUNREACH : choose4(socket, ip, address.port());
        }
        if (ip.needsScope() && !socket.takeScope(address)) {
            return -EINVAL;
        }
        if (ip.needsScope() && devices.hasLink(socket.device)) {
            establish(socket, Ip.LINK_LOCAL, ip, address.port());
            return 0;
        }
        if (!ip.isLoopback()) {
            return -ENETUNREACH;
        }
        if (socket.localIp.isMapped()) {
            return -EAFNOSUPPORT;
        }
        establish(socket, Ip.LOOPBACK6, ip, address.port());
        return 0;
    }

    private static void establish(InetSocket socket, Ip source, Ip peer, int port) {
        if (socket.localIp.isAny()) {
            socket.localIp = source;
        }
        socket.remoteIp = peer;
        socket.dport = port;
        socket.state = State.ESTABLISHED;
    }

    /** {@code __udp_disconnect}, which keeps the peer's IPv6 address. */
    private void disconnect(InetSocket socket) {
        socket.state = State.CLOSE;
        socket.dport = 0;
        socket.device = 0;
        if (socket.family() == AF_INET) {
            socket.remoteIp = socket.any();
        }
        if (!socket.addressLocked) {
            socket.localIp = socket.any();
        }
        if (!socket.portLocked) {
            if (socket.type() != SocketTypes.SOCK_RAW) {
                ports.release(socket);
            }
            socket.sport = 0;
        }
    }

    void close(InetSocket socket) {
        ports.release(socket);
    }
}
