// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a server listens: {@code unix:/path/of/socket} or {@code host:port}. */
public sealed interface Address {
    /** The socket of a machine's own server, unless something else is said. */
    String DEFAULT = "unix:/run/unraced/serve/unraced.sock";

    /**
     * A UNIX socket.
     *
     * @param path its path; at most 107 bytes, of {@code struct sockaddr_un}
     */
    record Unix(String path) implements Address {
        @Override
        public String toString() {
            return UNIX + path;
        }
    }

    /**
     * A TCP port.
     *
     * @param host name or number; of IPv6 without brackets
     * @param port 0 to 65535; 0 lets the kernel choose where a server listens
     */
    record Tcp(String host, int port) implements Address {
        /** The address resolved; when that fails, it says so itself. */
        public InetSocketAddress resolve() {
            return new InetSocketAddress(host, port);
        }

        /** Whether only this machine reaches it. A name that does not resolve is not. */
        public boolean isLoopback() {
            InetAddress address = resolve().getAddress();
            return address != null && address.isLoopbackAddress();
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** What the text of a UNIX socket begins with. */
    String UNIX = "unix:";

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException when it is none; the message says what is allowed
     */
    static Address parse(String text) {
        if (text.startsWith(UNIX)) {
            String path = text.substring(UNIX.length());
            int length = path.getBytes(StandardCharsets.UTF_8).length;
            if (!path.startsWith("/") || length > 107) {
                throw new IllegalArgumentException(
                        "'" + text + "' does not name a socket by an absolute path of at most 107 bytes");
            }
            return new Unix(path);
        }
        Matcher matcher = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:/\\s]+)):([0-9]{1,5})")
                .matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 0xffff) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no address; allowed: unix:/path/of/socket, host:port or [ipv6]:port");
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return new Tcp(host, Integer.parseInt(matcher.group(3)));
    }
}
