// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * An address in terms that both kernels understand.
 *
 * @param family as claimed
 * @param name of the IP or the socket; a name with "@" in front is abstract
 * @param portOf the socket whose port the address has; a negative value stands for a fixed port
 * @param length addrlen, or -1 for the family's usual one
 */
record Target(int family, String name, int portOf, int length) {
    private static final List<String> INET =
            List.of("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.2", "0.0.0.0", "127.255.255.255");
    private static final List<String> INET6 =
            List.of("::1", "::1", "::", "::ffff:127.0.0.1", "::ffff:127.0.0.2", "::ffff:0.0.0.0");
    private static final List<String> UNIX = List.of(
            "a",
            "a",
            "a",
            "a",
            "b",
            "@x",
            "@x",
            "@x",
            "@y",
            "file",
            "missing/a",
            "u".repeat(108),
            "@" + "v".repeat(107));
    private static final List<Integer> LENGTHS = List.of(0, 1, 2, 3, 8, 15, 16, 17, 23, 24, 28, 110, 111, 128);
    /** A port without a listener. */
    private static final int CLOSED = -9;

    static Target random(Random random, int family, int sockets) {
        int claimed = random.nextInt(12) == 0 ? pick(random, List.of(0, 0, 1, 2, 10, 40)) : family;
        int length = random.nextInt(12) == 0 ? pick(random, LENGTHS) : -1;
        int port = random.nextInt(4) == 0 ? pick(random, List.of(0, CLOSED)) : random.nextInt(sockets);
        String name = switch (claimed) {
            case AF_INET -> pick(random, INET);
            case AF_INET6 -> pick(random, INET6);
            default -> pick(random, UNIX);
        };
        // The negative of port 0 is 0, so another value stands for it.
        return new Target(claimed, name, port == 0 ? CLOSED - 1 : port, length);
    }

    /** Returns whether only the real kernel binds sockets to this address. */
    boolean isBroadcast() {
        return family == AF_INET && name.equals("127.255.255.255");
    }

    /** Returns whether the real kernel may keep this port from one case to the next. */
    boolean isClosedPort() {
        return portOf == CLOSED;
    }

    boolean isMapped() {
        return name.startsWith("::ffff:");
    }

    /** Returns whether the name is in a directory that does not exist. */
    boolean isElsewhere() {
        return family == AF_UNIX && name.equals("missing/a");
    }

    /** Returns the address of most listeners. */
    static Target home(int family) {
        return new Target(family, family == AF_UNIX ? "a" : family == AF_INET ? "127.0.0.1" : "::", CLOSED - 1, -1);
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /**
     * Returns the address in one kernel.
     *
     * @param ports the port of each socket in that kernel
     */
    byte[] bytes(IntUnaryOperator ports, String suffix) {
        int port = portOf >= 0 ? ports.applyAsInt(portOf) : portOf == CLOSED ? -CLOSED : 0;
        byte[] usual = switch (family) {
            case AF_INET -> Addresses.inet(name, port);
            case AF_INET6 -> Addresses.inet6(name, port);
            case AF_UNIX -> unix(suffix);
            default -> Addresses.family(family, 16);
        };
        return length < 0 ? usual : Arrays.copyOf(usual, length);
    }

    /** Abstract names belong to the whole machine, so a suffix keeps them apart from others. */
    private byte[] unix(String suffix) {
        if (name.startsWith("@")) {
            return Addresses.unix("\0" + name.substring(1, Math.min(name.length(), 108 - suffix.length())) + suffix);
        }
        byte[] address = Addresses.unix(name);
        return address.length > 110 ? Arrays.copyOf(address, 110) : address;
    }
}
