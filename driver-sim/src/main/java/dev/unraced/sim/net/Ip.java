// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/**
 * An address of 128 bits. IPv4 addresses have their mapped form, so that sockets of both families compare.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
record Ip(long high, long low) {
    private static final long MAPPED = 0xffffL << 32;
    /** {@code ::}. */
    static final Ip ANY6 = new Ip(0, 0);
    /** {@code 0.0.0.0}. */
    static final Ip ANY4 = v4(0);
    /** {@code ::1}. */
    static final Ip LOOPBACK6 = new Ip(0, 1);
    /** {@code fe80::66}, the address of every link, so that only the scope distinguishes links. */
    static final Ip LINK_LOCAL = new Ip(0xfe80L << 48, 0x66);
    /** {@code 127.0.0.1}. */
    static final Ip LOOPBACK4 = v4(0x7f000001);

    private static final int BROADCAST = 0x7fffffff;
    private static final int LOOPBACK_NET = 0x7f;

    static Ip v4(int address) {
        return new Ip(0, MAPPED | (address & 0xffffffffL));
    }

    int toV4() {
        return (int) low;
    }

    boolean isMapped() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    boolean isAny() {
        return equals(ANY6) || equals(ANY4);
    }

    /** Returns whether the loopback has it: 127.0.0.0/8 but the broadcast address, and ::1. */
    boolean isLoopback() {
        return isMapped() ? toV4() >>> 24 == LOOPBACK_NET && !isBroadcast() : equals(LOOPBACK6);
    }

    /**
     * Returns whether this is 127.255.255.255: {@code fib_add_ifaddr} of net/ipv4/fib_frontend.c gives every network a
     * broadcast address.
     */
    boolean isBroadcast() {
        return isMapped() && toV4() == BROADCAST;
    }

    /** Returns whether this is in ff00::/8. */
    boolean isMulticast6() {
        return high >>> 56 == 0xff;
    }

    /** Returns whether this is in fe80::/10. */
    boolean isLinkLocal() {
        return high >>> 54 == 0xfe80 >>> 6;
    }

    /** Returns whether the address needs a device: a link-local one, or one in ff01::/16 or ff02::/16. */
    boolean needsScope() {
        int scope = (int) (high >>> 48) & 0xf;
        return isLinkLocal() || (isMulticast6() && (scope == 1 || scope == 2));
    }

    /**
     * Returns whether a socket bound to this address gets packets for the other; AF_INET6 sockets take both families.
     */
    boolean overlaps(Ip other) {
        return equals(other)
                || equals(ANY6)
                || other.equals(ANY6)
                || (isMapped() && other.isMapped() && (equals(ANY4) || other.equals(ANY4)));
    }
}
