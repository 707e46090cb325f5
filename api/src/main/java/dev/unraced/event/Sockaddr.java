// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import dev.unraced.linux.InetText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A {@code struct sockaddr} as raw bytes, with the fields of the common families. Bytes that are too short for their
 * family have no such fields: a caller passed them, but no kernel accepted them.
 *
 * @param bytes the raw bytes; the family in the machine's order (little-endian), ports and addresses in network order
 */
public record Sockaddr(ByteString bytes) {
    /** AF_UNSPEC of {@code include/linux/socket.h}. */
    public static final int AF_UNSPEC = 0;
    /** AF_UNIX. */
    public static final int AF_UNIX = 1;
    /** AF_INET. */
    public static final int AF_INET = 2;
    /** AF_INET6. */
    public static final int AF_INET6 = 10;
    /** AF_NETLINK. */
    public static final int AF_NETLINK = 16;

    private static final int FAMILY_SIZE = 2;
    /** The size of family and port. */
    static final int PORT_END = 4;

    private static final int INET_SIZE = 8;
    /** The size without the scope id, which the kernel does not require. */
    private static final int INET6_SIZE = 24;

    private static final int INET6_SCOPE_SIZE = 28;

    /** Returns the family (AF_*), or -1 when there are fewer than two bytes. */
    public int family() {
        return bytes.length() < FAMILY_SIZE ? -1 : (bytes.byteAt(0) & 0xff) | ((bytes.byteAt(1) & 0xff) << 8);
    }

    /**
     * Returns the internet address of an AF_INET or AF_INET6 address that is long enough. An IPv4-mapped address stays
     * an {@link Inet6Address}. An address with a scope id keeps it, unless the id exceeds an {@code int}.
     */
    public Optional<InetAddress> inetAddress() {
        try {
            if (family() == AF_INET && bytes.length() >= INET_SIZE) {
                return Optional.of(InetAddress.getByAddress(range(4, 8)));
            }
            if (family() == AF_INET6 && bytes.length() >= INET6_SIZE) {
                int scope = (int) scopeId();
                // Inet6Address takes only a negative id as absent.
                return Optional.of(Inet6Address.getByAddress(null, range(8, 24), scope == 0 ? -1 : scope));
            }
            return Optional.empty();
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are always an address", e);
        }
    }

    /** Returns the port of an AF_INET or AF_INET6 address, or -1 when there is none. */
    public int port() {
        boolean inet = family() == AF_INET || family() == AF_INET6;
        return inet && bytes.length() >= PORT_END ? ((bytes.byteAt(2) & 0xff) << 8) | (bytes.byteAt(3) & 0xff) : -1;
    }

    /**
     * Returns the path of an AF_UNIX address up to its first NUL; an abstract name has its leading NUL and every byte
     * after it. Empty when the address is unnamed or of another family. See unix(7).
     */
    public Optional<ByteString> unixPath() {
        if (family() != AF_UNIX || bytes.length() == FAMILY_SIZE) {
            return Optional.empty();
        }
        byte[] path = range(FAMILY_SIZE, bytes.length());
        if (path[0] == 0) {
            return Optional.of(ByteString.owning(path));
        }
        int end = 0;
        while (end < path.length && path[end] != 0) {
            end++;
        }
        return Optional.of(ByteString.owning(Arrays.copyOf(path, end)));
    }

    /**
     * Returns the text for people: {@code 127.0.0.1:80}, {@code [::1]:80}, {@code [fe80::1%2]:80}, {@code unix:/run/x},
     * {@code unix:@name} for an abstract name. Printable ASCII. An at sign at the start of a path is escaped, so that
     * no path looks like an abstract name.
     */
    @Override
    public String toString() {
        return switch (family()) {
            case -1 -> bytes.isEmpty() ? "(empty)" : "too short:" + bytes.escaped();
            case AF_UNSPEC -> "unspec";
            case AF_UNIX -> "unix:" + unixPath().map(Sockaddr::unixText).orElse("(unnamed)");
            case AF_INET -> bytes.length() < INET_SIZE ? rawText() : inetText() + ":" + port();
            case AF_INET6 -> bytes.length() < INET6_SIZE ? rawText() : "[" + inet6Text() + "]:" + port();
            default -> rawText();
        };
    }

    private static String unixText(ByteString path) {
        if (path.byteAt(0) == 0) {
            return "@" + path.escaped().substring("\\x00".length());
        }
        return path.byteAt(0) == '@' ? "\\x40" + path.escaped().substring(1) : path.escaped();
    }

    private String inetText() {
        return InetText.v4(range(4, 8));
    }

    private String inet6Text() {
        long scope = scopeId();
        return InetText.v6(range(8, 24)) + (scope == 0 ? "" : "%" + scope);
    }

    private String rawText() {
        return "family " + family() + ":" + bytes.escaped();
    }

    /** Returns the scope id, which is in the machine's byte order, unlike the other fields. */
    private long scopeId() {
        if (bytes.length() < INET6_SCOPE_SIZE) {
            return 0;
        }
        long scope = 0;
        for (int i = INET6_SCOPE_SIZE - 1; i >= INET6_SIZE; i--) {
            scope = scope << 8 | (bytes.byteAt(i) & 0xff);
        }
        return scope;
    }

    private byte[] range(int from, int to) {
        return Arrays.copyOfRange(bytes.toByteArray(), from, to);
    }
}
