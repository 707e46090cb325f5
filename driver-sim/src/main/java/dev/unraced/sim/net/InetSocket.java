// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;

import dev.unraced.sim.base.AccessLog;
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

    /** {@code state} of {@code struct socket}: what the calls have been told. */
    enum Progress {
        UNCONNECTED,
        CONNECTING,
        CONNECTED
    }

    State state = State.CLOSE;
    Progress progress = Progress.UNCONNECTED;
    Ip localIp;
    Ip remoteIp;
    /** {@code skc_num}: the port that is held. */
    int num;
    /** {@code inet_sport}: the port that getsockname(2) tells, which outlives the other. */
    int sport;
    /** {@code skc_dport}. */
    int dport;
    /** {@code skc_bound_dev_if}: the device that bind, connect or SO_BINDTODEVICE chose; 0 for none. */
    int device;
    /** SOCK_BINDADDR_LOCK: bind(2) chose the address. */
    boolean addressLocked;
    /** SOCK_BINDPORT_LOCK: bind(2) chose the port. */
    boolean portLocked;
    /** {@code sk_err}: positive, for the next call that asks. */
    int error;
    /** {@code sk_disconnects}: by which a connect that waits knows that another thread ended it. */
    int disconnects;

    int backlog;
    /** Of a listener: established, not yet accepted. */
    final ArrayDeque<InetSocket> queue = new ArrayDeque<>();
    /** Of a listener: whose SYN was dropped, and who will send another. */
    final ArrayDeque<InetSocket> unanswered = new ArrayDeque<>();
    /** Of a client: the listener that has not answered yet. */
    @Nullable
    InetSocket asked;
    /** Of a connection: its other end, as long as there is one. */
    @Nullable
    InetSocket peer;

    InetSocket(AccessLog log, int family, int type, int protocol) {
        super(log, family, type, protocol);
        this.localIp = any();
        this.remoteIp = any();
        if (type == SOCK_RAW) {
            num = protocol;
            sport = protocol;
        }
    }

    /** The address of none: of the family's own kind. */
    Ip any() {
        return family() == AF_INET ? Ip.ANY4 : Ip.ANY6;
    }

    /** {@code ipv6_only_sock}: {@code __inet6_bind} makes it so of a socket that it binds to an address of IPv6. */
    boolean isIp6Only() {
        return family() == AF_INET6 && addressLocked && !localIp.isMapped();
    }

    /**
     * Whether the socket keeps another from being bound to its port: {@code inet_rcv_saddr_equal} of
     * net/ipv4/inet_connection_sock.c. To IPv4 a socket that a connect gave an address of IPv6 has one, too.
     */
    boolean isInTheWayOf(InetSocket other) {
        boolean ip6ByConnect = !localIp.isMapped() && !localIp.isAny() && !isIp6Only();
        boolean any4 = other.family() == AF_INET && other.localIp.isAny();
        return localIp.overlaps(other.localIp) || (ip6ByConnect && any4);
    }

    /**
     * Takes the device of an address that needs one, unless the socket has another one already: what
     * {@code __ip6_datagram_connect} and {@code tcp_v6_connect} do.
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

    /** {@code sk_acceptq_is_full} of include/net/sock.h: a backlog of 0 admits one. */
    boolean isFull() {
        return queue.size() > backlog;
    }

    @Override
    public byte[] local() {
        log.read(thing);
        return Address.of(family(), localIp, sport, device);
    }

    @Override
    public byte @Nullable [] remote() {
        log.read(thing);
        // A disconnected stream keeps its peer's address, without the port: tcp_disconnect of net/ipv4/tcp.c.
        boolean hasPeer = type() == SOCK_STREAM ? dport != 0 : state == State.ESTABLISHED;
        return hasPeer ? Address.of(family(), remoteIp, dport, device) : null;
    }

    @Override
    public int device() {
        log.read(thing);
        return device;
    }

    @Override
    public int error() {
        log.read(thing);
        return error;
    }

    /** {@code inet_getname} of net/ipv4/af_inet.c. */
    @Override
    byte[] localName() {
        log.read(thing);
        return Address.of(family(), localIp, sport, device);
    }

    @Override
    byte @Nullable [] peerName() {
        log.read(thing);
        boolean connected = state == State.ESTABLISHED || state == State.LISTEN;
        return dport == 0 || !connected ? null : Address.of(family(), remoteIp, dport, device);
    }
}
