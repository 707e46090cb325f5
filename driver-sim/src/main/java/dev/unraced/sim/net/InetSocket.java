// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.linux.SocketTypes.SOCK_RAW;
import static dev.unraced.linux.SocketTypes.SOCK_STREAM;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A socket of AF_INET or AF_INET6, with the fields of {@code struct inet_sock}. */
final class InetSocket extends Socket {
    /** {@code sk_state}. */
    enum State {
        CLOSE,
        SYN_SENT,
        ESTABLISHED,
        LISTEN
    }

    /** {@code state} of {@code struct socket}: the progress that calls have reported. */
    enum Progress {
        UNCONNECTED,
        CONNECTING,
        CONNECTED
    }

    State state = State.CLOSE;
    Progress progress = Progress.UNCONNECTED;
    Ip localIp;
    Ip remoteIp;
    /** {@code skc_num}: the port that the socket holds. */
    int num;
    /** {@code inet_sport}: the port that getsockname(2) returns, which stays when the held port is released. */
    int sport;
    /** {@code skc_dport}. */
    int dport;
    /** {@code skc_bound_dev_if}: the device that bind, connect or SO_BINDTODEVICE chose; 0 for none. */
    int device;
    /** SOCK_BINDADDR_LOCK: bind(2) chose the address. */
    boolean addressLocked;
    /** SOCK_BINDPORT_LOCK: bind(2) chose the port. */
    boolean portLocked;
    /** {@code sk_err}: a positive error number for the next call that asks; 0 for none. */
    int error;
    /** {@code sk_disconnects}: its change tells a waiting connect that another thread ended the connection. */
    int disconnects;

    int backlog;
    /** The established connections of a listener that wait for accept. */
    final ArrayDeque<InetSocket> queue = new ArrayDeque<>();
    /** The clients of a listener whose SYN was dropped, and who will send another. */
    final ArrayDeque<InetSocket> unanswered = new ArrayDeque<>();
    /** The listener that has not answered this client yet. */
    @Nullable
    InetSocket asked;
    /** The other end of the connection, as long as there is one. */
    @Nullable
    InetSocket peer;

    InetSocket(int family, int type, int protocol) {
        super(family, type, protocol);
        this.localIp = any();
        this.remoteIp = any();
        if (type == SOCK_RAW) {
            num = protocol;
            sport = protocol;
        }
    }

    @Override
    public Heed heed() {
        boolean isFresh = state == State.CLOSE && progress == Progress.UNCONNECTED;
        return type() != SOCK_STREAM ? Heed.ALWAYS : isFresh ? Heed.IF_ALONE : Heed.UNKNOWN;
    }

    /** Returns the unspecified address of the socket's family. */
    Ip any() {
        return family() == AF_INET ? Ip.ANY4 : Ip.ANY6;
    }

    /** {@code ipv6_only_sock}: {@code __inet6_bind} makes a socket IPv6-only when it binds it to an IPv6 address. */
    boolean isIp6Only() {
        return family() == AF_INET6 && addressLocked && !localIp.isMapped();
    }

    /**
     * Returns whether the socket keeps another socket from its port: {@code inet_rcv_saddr_equal} of
     * net/ipv4/inet_connection_sock.c. A socket whose IPv6 address a connect chose also conflicts with a wildcard IPv4
     * socket.
     */
    boolean isInTheWayOf(InetSocket other) {
        boolean ip6ByConnect = !localIp.isMapped() && !localIp.isAny() && !isIp6Only();
        boolean any4 = other.family() == AF_INET && other.localIp.isAny();
        return localIp.overlaps(other.localIp) || (ip6ByConnect && any4);
    }

    /** Returns the address of IPv6 that a connect leads to: the unspecified address stands for the loopback. */
    Ip destination6(Address address) {
        Ip ip = address.in6();
        return !ip.equals(Ip.ANY6) ? ip : localIp.isMapped() ? Ip.LOOPBACK4 : Ip.LOOPBACK6;
    }

    /**
     * Takes the device of an address that needs one, unless the socket has another device already:
     * {@code __ip6_datagram_connect} and {@code tcp_v6_connect}.
     *
     * @return whether the socket has a device now that the address does not contradict
     */
    boolean takeScope(Address address) {
        if (address.hasScope()) {
            if (device != 0 && device != address.scope()) {
                return false;
            }
            device = address.scope();
        }
        return device != 0;
    }

    /** {@code sk_acceptq_is_full} of include/net/sock.h: a backlog of 0 admits one connection. */
    boolean isFull() {
        return queue.size() > backlog;
    }

    @Override
    public byte[] local() {
        return Address.of(family(), localIp, sport, device);
    }

    @Override
    public byte[] localWhileHeld() {
        return Address.of(family(), localIp, num, device);
    }

    @Override
    public byte @Nullable [] remote() {
        // A disconnected stream keeps its peer's address, without the port: tcp_disconnect of net/ipv4/tcp.c.
        boolean hasPeer = type() == SOCK_STREAM ? dport != 0 : state == State.ESTABLISHED;
        return hasPeer ? Address.of(family(), remoteIp, dport, device) : null;
    }

    @Override
    public int device() {
        return device;
    }

    @Override
    public int error() {
        return error;
    }

    /** {@code inet_getname} of net/ipv4/af_inet.c. */
    @Override
    byte @Nullable [] peerName() {
        boolean connected = state == State.ESTABLISHED || state == State.LISTEN;
        return dport == 0 || !connected ? null : Address.of(family(), remoteIp, dport, device);
    }
}
