// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A {@code struct sockaddr} as raw bytes, with the fields of the common families. Bytes too short for their family have
 * no such fields: they are what a caller passed, not what a kernel accepted.
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

    private static final int FAMILY_SIZE = 2;
    private static final int INET_SIZE = 8;
    private static final int INET6_SIZE = 24;

    /** The family (AF_*), or -1 when there are fewer than two bytes. */
    public int family() {
        return bytes.length() < FAMILY_SIZE ? -1 : (bytes.byteAt(0) & 0xff) | ((bytes.byteAt(1) & 0xff) << 8);
    }

    /** The internet address of an AF_INET or AF_INET6 address that is long enough for one. */
    public Optional<InetAddress> inetAddress() {
        return switch (family()) {
            case AF_INET -> inetAddress(4, 4, INET_SIZE);
            case AF_INET6 -> inetAddress(8, 16, INET6_SIZE);
            default -> Optional.empty();
        };
    }

    /** The port of an AF_INET or AF_INET6 address, or -1 when there is none. */
    public int port() {
        boolean inet = family() == AF_INET || family() == AF_INET6;
        return inet && bytes.length() >= 4 ? ((bytes.byteAt(2) & 0xff) << 8) | (bytes.byteAt(3) & 0xff) : -1;
    }

    /**
     * The path of an AF_UNIX address: up to its first NUL, or, when it is abstract, with the leading NUL and every byte
     * after it. Empty when the address is unnamed or of another family. See unix(7).
     */
    public Optional<ByteString> unixPath() {
        if (family() != AF_UNIX || bytes.length() == FAMILY_SIZE) {
            return Optional.empty();
        }
        byte[] path = Arrays.copyOfRange(bytes.toByteArray(), FAMILY_SIZE, bytes.length());
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
     * Text for people: {@code 127.0.0.1:80}, {@code [::1]:80}, {@code unix:/run/x}, {@code unix:@name}. Printable
     * ASCII.
     */
    @Override
    public String toString() {
        int family = family();
        if (family == AF_UNIX) {
            return unixPath()
                    .map(path -> "unix:"
                            + (path.byteAt(0) == 0 ? "@" + path.escaped().substring(4) : path.escaped()))
                    .orElse("unix:(unnamed)");
        }
        Optional<InetAddress> address = inetAddress();
        if (address.isPresent()) {
            String host = address.get().getHostAddress();
            return (family == AF_INET6 ? "[" + host + "]:" : host + ":") + port();
        }
        return family == AF_UNSPEC
                ? "unspec"
                : bytes.isEmpty() ? "(empty)" : "family " + family + ":" + bytes.escaped();
    }

    private Optional<InetAddress> inetAddress(int at, int size, int needed) {
        if (bytes.length() < needed) {
            return Optional.empty();
        }
        byte[] address = Arrays.copyOfRange(bytes.toByteArray(), at, at + size);
        try {
            return Optional.of(
                    size == 16
                            ? java.net.Inet6Address.getByAddress(null, address, -1)
                            : InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are always an address", e);
        }
    }
}
