// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The address of a server: {@code unix:/path/of/socket} or {@code host:port}. */
public sealed interface Address {
    /** The default socket of a machine's own server. */
    String DEFAULT = "unix:/run/unraced/serve/unraced.sock";

    /**
     * A UNIX socket.
     *
     * @param path its path; at most 107 bytes, as {@code struct sockaddr_un} allows
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
     * @param host a name or a number; IPv6 without brackets
     * @param port 0 to 65535; for a listening server, 0 lets the kernel choose
     */
    record Tcp(String host, int port) implements Address {
        /** Resolves the address; the result shows a failure by itself. */
        public InetSocketAddress resolve() {
            return new InetSocketAddress(host, port);
        }

        /** Returns whether only this machine can reach the address; false for a name that does not resolve. */
        public boolean isLoopback() {
            InetAddress address = resolve().getAddress();
            return address != null && address.isLoopbackAddress();
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** The prefix of a UNIX socket's address. */
    String UNIX = "unix:";

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException when the text is no address; the message says what is allowed
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
