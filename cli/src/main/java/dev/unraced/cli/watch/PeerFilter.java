// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.Sockaddr;
import java.util.List;
import java.util.Set;

/** Chooses connects by what they lead to: the address as passed, or the socket's peer. Allocates nothing. */
final class PeerFilter implements EventFilter {
    private static final int PORT_END = 4;

    private final int[] ports;
    private final Network[] networks;

    /**
     * Makes a filter; an empty set chooses any port, and an empty list any network.
     *
     * @param ports ports of TCP and UDP
     */
    PeerFilter(Set<Integer> ports, List<Network> networks) {
        this.ports = ports.stream().mapToInt(Integer::intValue).toArray();
        this.networks = networks.toArray(new Network[0]);
    }

    @Override
    public boolean accepts(EventView event) {
        return event.isConnect() && (isWanted(event.address()) || isWanted(event.socketRemote()));
    }

    /**
     * Returns whether the event has an address, and each one is wanted. So an address that is left out does not take a
     * connect with it that reached another one.
     */
    boolean isEach(EventView event) {
        if (!event.isConnect()) {
            return false;
        }
        BytesView passed = event.address();
        BytesView reached = event.socketRemote();
        return (passed.length() > 0 || reached.length() > 0)
                && (passed.length() == 0 || isWanted(passed))
                && (reached.length() == 0 || isWanted(reached));
    }

    private boolean isWanted(BytesView sockaddr) {
        return hasPort(sockaddr) && hasNetwork(sockaddr);
    }

    private boolean hasPort(BytesView sockaddr) {
        int family = familyOf(sockaddr);
        if ((family != Sockaddr.AF_INET && family != Sockaddr.AF_INET6) || sockaddr.length() < PORT_END) {
            return false;
        }
        int port = ((sockaddr.byteAt(2) & 0xff) << Byte.SIZE) | (sockaddr.byteAt(3) & 0xff);
        for (int wanted : ports) {
            if (port == wanted) {
                return true;
            }
        }
        return ports.length == 0;
    }

    private boolean hasNetwork(BytesView sockaddr) {
        for (Network network : networks) {
            if (network.contains(sockaddr)) {
                return true;
            }
        }
        return networks.length == 0;
    }

    /** Returns the family of a {@code struct sockaddr}, or -1 where there are fewer than two bytes. */
    static int familyOf(BytesView sockaddr) {
        return sockaddr.length() < 2 ? -1 : (sockaddr.byteAt(0) & 0xff) | ((sockaddr.byteAt(1) & 0xff) << Byte.SIZE);
    }
}
