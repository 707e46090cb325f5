// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import java.util.HashSet;
import java.util.Set;

/**
 * The devices of a host, and its addresses. There is always the loopback, 127.0.0.0/8 and ::1, and it can get more
 * addresses. Links can be added beside it; they carry datagrams between link-local addresses, and all have the same
 * address.
 */
final class Devices {
    private final Set<Integer> links = new HashSet<>();
    private final Set<Ip> addresses = new HashSet<>();

    void addLink(int index) {
        links.add(index);
    }

    void addAddress(Ip ip) {
        addresses.add(ip);
    }

    /** Returns whether a link's addresses and groups can be reached through a device. */
    boolean hasLink(int index) {
        return links.contains(index);
    }

    /** Returns whether the loopback has an address. */
    boolean isLocal(Ip ip) {
        return ip.isLoopback() || addresses.contains(ip);
    }

    /** Returns the source of a connection to a local IPv4 address; an added address is its own source. */
    Ip sourceOf4(Ip ip) {
        return addresses.contains(ip) ? ip : Ip.LOOPBACK4;
    }
}
