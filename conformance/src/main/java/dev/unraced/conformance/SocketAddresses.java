// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes the bytes of {@code struct sockaddr}. */
final class SocketAddresses {
    private static final int INET_SIZE = 16;
    private static final int INET6_SIZE = 28;
    private static final int LAST_OF_INET6_ADDRESS = 23;

    private SocketAddresses() {}

    /** Returns the address 127.0.0.1. */
    static ByteString loopback(int port) {
        return inet(port, 127, 0, 0, 1);
    }

    static ByteString inet(int port, int a, int b, int c, int d) {
        byte[] address = new byte[INET_SIZE];
        start(address, Linux.AF_INET)
                .putShort((short) port)
                .put((byte) a)
                .put((byte) b)
                .put((byte) c)
                .put((byte) d);
        return ByteString.copyOf(address);
    }

    /** Returns the address ::1. */
    static ByteString loopback6(int port) {
        byte[] address = new byte[INET6_SIZE];
        start(address, Linux.AF_INET6).putShort((short) port);
        address[LAST_OF_INET6_ADDRESS] = 1;
        return ByteString.copyOf(address);
    }

    /** Returns an IPv6 address from its first two bytes and its last byte, such as fe80::66, with a scope. */
    static ByteString scoped(int port, int prefix, int last, int scope) {
        byte[] address = new byte[INET6_SIZE];
        start(address, Linux.AF_INET6).putShort((short) port).putInt(0).putShort((short) prefix);
        address[LAST_OF_INET6_ADDRESS] = (byte) last;
        ByteBuffer.wrap(address).order(ByteOrder.LITTLE_ENDIAN).putInt(LAST_OF_INET6_ADDRESS + 1, scope);
        return ByteString.copyOf(address);
    }

    /** Returns the address of a name in the file system with its NUL, or of an abstract name, which starts with NUL. */
    static ByteString unix(String path) {
        byte[] name = path.getBytes(StandardCharsets.ISO_8859_1);
        boolean terminated = path.charAt(0) != 0;
        return unix(name, name.length + (terminated ? 1 : 0));
    }

    /** Returns the UNIX address of exactly these bytes, filled up with NUL. */
    static ByteString unix(byte[] name, int room) {
        byte[] address = new byte[2 + room];
        start(address, Linux.AF_UNIX).put(name);
        return ByteString.copyOf(address);
    }

    /** Returns the UNIX address of exactly these bytes. */
    static ByteString unix(byte[] name) {
        return unix(name, name.length);
    }

    /** Returns an address with nothing but a family. */
    static ByteString family(int family, int size) {
        byte[] address = new byte[size];
        start(address, family);
        return ByteString.copyOf(address);
    }

    /** Writes the family in the machine's byte order; the rest is in network order. */
    private static ByteBuffer start(byte[] address, int family) {
        ByteBuffer buffer = ByteBuffer.wrap(address);
        buffer.order(ByteOrder.LITTLE_ENDIAN).putShort((short) family);
        return buffer.order(ByteOrder.BIG_ENDIAN);
    }
}
