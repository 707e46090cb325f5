// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * An address in terms that both kernels understand.
 *
 * @param family as requested
 * @param name of the IP or the socket; a name with "@" in front is abstract
 * @param port the port of an IP address
 * @param length addrlen, or -1 for the family's usual one
 */
record Target(int family, String name, Port port, int length) {
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

    /** A port in terms that both kernels understand. */
    private sealed interface Port {
        /** The port that a socket has in its kernel. */
        record OfSocket(int socket) implements Port {}

        /** The same number in both kernels. */
        record Fixed(int number) implements Port {}
    }

    private static final Port NONE = new Port.Fixed(0);
    private static final Port WITHOUT_LISTENER = new Port.Fixed(9);

    static Target random(Random random, int family, int sockets) {
        int requested = random.nextInt(12) == 0 ? pick(random, List.of(0, 0, 1, 2, 10, 40)) : family;
        int length = random.nextInt(12) == 0 ? pick(random, LENGTHS) : -1;
        Port port = random.nextInt(4) == 0
                ? pick(random, List.of(NONE, WITHOUT_LISTENER))
                : new Port.OfSocket(random.nextInt(sockets));
        String name = switch (requested) {
            case AF_INET -> pick(random, INET);
            case AF_INET6 -> pick(random, INET6);
            default -> pick(random, UNIX);
        };
        return new Target(requested, name, port, length);
    }

    /** Returns whether only the real kernel binds sockets to this address. */
    boolean isBroadcast() {
        return family == AF_INET && name.equals("127.255.255.255");
    }

    /** Returns whether the real kernel may keep this port from one case to the next. */
    boolean isClosedPort() {
        return port.equals(WITHOUT_LISTENER);
    }

    /** Returns the socket whose port this is, if any. */
    OptionalInt portOf() {
        return port instanceof Port.OfSocket of ? OptionalInt.of(of.socket()) : OptionalInt.empty();
    }

    boolean isMapped() {
        return name.startsWith("::ffff:");
    }

    /** Returns whether the name is in a directory that does not exist. */
    boolean isElsewhere() {
        return family == AF_UNIX && name.equals("missing/a");
    }

    /**
     * Returns the address that most listeners are bound to: one name or loopback, at a port that the kernel chooses.
     */
    static Target ofListener(int family) {
        return new Target(family, family == AF_UNIX ? "a" : family == AF_INET ? "127.0.0.1" : "::", NONE, -1);
    }

    /** Returns an address of IPv4 at which nobody listens. */
    static Target ofNobody() {
        return new Target(AF_INET, "127.0.0.1", WITHOUT_LISTENER, -1);
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
        int number = port instanceof Port.Fixed fixed ? fixed.number() : ports.applyAsInt(portOf().orElseThrow());
        byte[] usual = switch (family) {
            case AF_INET -> Addresses.inet(name, number);
            case AF_INET6 -> Addresses.inet6(name, number);
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
