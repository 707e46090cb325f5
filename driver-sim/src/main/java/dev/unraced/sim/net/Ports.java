// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ports of one protocol, and their holders. */
final class Ports {
    /** {@code ip_local_port_range}: the kernel's default. */
    static final int FIRST_EPHEMERAL = 32768;

    static final int LAST_EPHEMERAL = 60999;

    private final Map<Integer, List<InetSocket>> holders = new HashMap<>();
    private int next = FIRST_EPHEMERAL;

    /** Takes a port for the socket's address; returns false when an overlapping address holds it. */
    boolean take(InetSocket socket, int port) {
        if (holders(port).stream().anyMatch(holder -> holder.isInTheWayOf(socket))) {
            return false;
        }
        share(socket, port);
        return true;
    }

    /** Takes a free port; returns false when there is none. */
    boolean takeAny(InetSocket socket) {
        for (int tries = FIRST_EPHEMERAL; tries <= LAST_EPHEMERAL; tries++) {
            int port = next;
            next = port == LAST_EPHEMERAL ? FIRST_EPHEMERAL : port + 1;
            // A client with the port that it calls would connect to itself.
            if (holders(port).isEmpty() && port != socket.dport) {
                share(socket, port);
                return true;
            }
        }
        return false;
    }

    /** Holds a port together with other sockets: an accepted connection has its listener's port. */
    void share(InetSocket socket, int port) {
        holders.computeIfAbsent(port, unused -> new ArrayList<>()).add(socket);
        socket.num = port;
        socket.sport = port;
    }

    /** {@code inet_put_port}: the port that getsockname(2) returns stays. */
    void release(InetSocket socket) {
        List<InetSocket> sharers = holders.get(socket.num);
        if (sharers != null && sharers.remove(socket) && sharers.isEmpty()) {
            holders.remove(socket.num);
        }
        socket.num = 0;
    }

    @Nullable
    InetSocket listener(Ip address, int port) {
        for (InetSocket holder : holders(port)) {
            if (holder.state == InetSocket.State.LISTEN && holder.localIp.overlaps(address)) {
                return holder;
            }
        }
        return null;
    }

    private List<InetSocket> holders(int port) {
        return holders.getOrDefault(port, List.of());
    }
}
