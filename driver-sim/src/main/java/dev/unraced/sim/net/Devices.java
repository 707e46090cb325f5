// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import java.util.HashSet;
import java.util.Set;

/**
 * The devices of a host, and its addresses. There is always the loopback, 127.0.0.0/8 and ::1. Addresses can be added
 * to it, and links beside it, which carry datagrams between link-local addresses and all have the same one.
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

    /** Whether addresses and groups of a link can be reached through a device. */
    boolean hasLink(int index) {
        return links.contains(index);
    }

    /** Whether the loopback has an address. */
    boolean isLocal(Ip ip) {
        return ip.isLoopback() || addresses.contains(ip);
    }

    /** The source of a connection to an address of IPv4 that is local: an address that was added is its own. */
    Ip sourceOf4(Ip ip) {
        return addresses.contains(ip) ? ip : Ip.LOOPBACK4;
    }
}
