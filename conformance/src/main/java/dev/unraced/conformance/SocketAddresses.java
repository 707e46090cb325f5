// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Bytes of {@code struct sockaddr}. */
final class SocketAddresses {
    private static final int INET_SIZE = 16;
    private static final int INET6_SIZE = 28;

    private SocketAddresses() {}

    /** 127.0.0.1. */
    static ByteString loopback(int port) {
        return inet(port, 127, 0, 0, 1);
    }

    static ByteString inet(int port, int a, int b, int c, int d) {
        ByteBuffer buffer = start(INET_SIZE, Linux.AF_INET).putShort((short) port);
        buffer.put((byte) a).put((byte) b).put((byte) c).put((byte) d);
        return ByteString.copyOf(buffer.array());
    }

    /** ::1. */
    static ByteString loopback6(int port) {
        ByteBuffer buffer = start(INET6_SIZE, Linux.AF_INET6).putShort((short) port);
        buffer.put(23, (byte) 1);
        return ByteString.copyOf(buffer.array());
    }

    /** A name in the file system with its NUL, or, with a NUL in front, an abstract one. */
    static ByteString unix(String path) {
        byte[] name = path.getBytes(StandardCharsets.ISO_8859_1);
        boolean terminated = path.charAt(0) != 0;
        return unix(name, name.length + (terminated ? 1 : 0));
    }

    /** Exactly these bytes, filled up with NUL. */
    static ByteString unix(byte[] name, int room) {
        return ByteString.copyOf(start(2 + room, Linux.AF_UNIX).put(name).array());
    }

    /** Nothing but a family. */
    static ByteString family(int family, int size) {
        return ByteString.copyOf(start(size, family).array());
    }

    static int port(ByteString address) {
        return ((address.byteAt(2) & 0xff) << 8) | (address.byteAt(3) & 0xff);
    }

    private static ByteBuffer start(int size, int family) {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        buffer.order(ByteOrder.LITTLE_ENDIAN).putShort((short) family);
        return buffer.order(ByteOrder.BIG_ENDIAN);
    }
}
