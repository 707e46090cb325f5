// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Socket addresses as programs pass them: ip(7), ipv6(7), unix(7). */
final class SocketAddresses {
    private static final int INET_SIZE = 16;
    private static final int INET6_SIZE = 28;
    private static final int INET6_FLOW = 4;
    private static final int UNIX_PATH = 108;
    private static final int MAX_PORT = 0xffff;

    private SocketAddresses() {}

    /**
     * Returns a {@code sockaddr_in} or {@code sockaddr_in6}.
     *
     * @param ip in digits; names are not looked up
     * @throws IllegalArgumentException when {@code ip} is no address, or the port is not in 0 to 65535
     */
    static ByteString inet(String ip, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not one of 0 to " + MAX_PORT);
        }
        byte[] address = digits(ip);
        boolean v4 = address.length == 4;
        ByteBuffer bytes = ByteBuffer.allocate(v4 ? INET_SIZE : INET6_SIZE);
        bytes.order(ByteOrder.LITTLE_ENDIAN).putShort((short) (v4 ? Sockaddr.AF_INET : Sockaddr.AF_INET6));
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        bytes.position(bytes.position() + (v4 ? 0 : INET6_FLOW)).put(address);
        return ByteString.copyOf(bytes.array());
    }

    /**
     * Returns a {@code sockaddr_un} with a path and its NUL.
     *
     * @throws IllegalArgumentException when the path is empty, or longer than 107 bytes
     */
    static ByteString unix(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= UNIX_PATH) {
            throw new IllegalArgumentException(
                    "a socket's path has 1 to " + (UNIX_PATH - 1) + " bytes, not " + name.length + ": " + path);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES + name.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) Sockaddr.AF_UNIX).put(name);
        return ByteString.copyOf(bytes.array());
    }

    /** Returns a {@code sockaddr_in6} with a scope id, which for a link-local address is the index of a device. */
    static ByteString scoped(String ip, int port, int scope) {
        byte[] bytes = inet(ip, port).toByteArray();
        if (bytes.length != INET6_SIZE) {
            throw new IllegalArgumentException(ip + " is no address of IPv6, so it has no scope");
        }
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(INET6_SIZE - Integer.BYTES, scope);
        return ByteString.copyOf(bytes);
    }

    /** Returns an address of AF_UNSPEC, which ends a connection. */
    static ByteString unspecified() {
        return ByteString.copyOf(new byte[INET_SIZE]);
    }

    /** Returns the bytes of an address in digits. */
    static byte[] digits(String ip) {
        boolean v4 = ip.matches("\\d{1,3}(\\.\\d{1,3}){3}");
        boolean v6 = ip.contains(":") && ip.matches("[0-9a-fA-F:.]+");
        try {
            if (v4 || v6) {
                return InetAddress.getByName(ip).getAddress();
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(ip + " is no IP address", e);
        }
        throw new IllegalArgumentException(ip + " is no IP address; names are not looked up");
    }
}
