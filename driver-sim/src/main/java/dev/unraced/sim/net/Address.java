// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.linux.Errno.EAFNOSUPPORT;
import static dev.unraced.linux.Errno.EINVAL;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The kernel's copy of an address, as long as the longest address ({@code struct sockaddr_storage}). Bytes that the
 * caller did not set are zero.
 */
final class Address {
    /** {@code sizeof(struct sockaddr_storage)}. */
    private static final int ROOM = 128;

    static final int FAMILY_SIZE = 2;
    /** {@code sizeof(struct sockaddr_in)}. */
    static final int IN_SIZE = 16;
    /** The size without the scope id: {@code SIN6_LEN_RFC2133} of include/net/ipv6.h. */
    static final int IN6_SHORT_SIZE = 24;

    private static final int IN6_SIZE = 28;

    private final byte[] bytes;
    private final int length;

    Address(byte[] bytes, int addrlen) {
        this.length = Math.max(0, Math.min(addrlen, ROOM));
        this.bytes = Arrays.copyOf(Arrays.copyOf(bytes, length), ROOM);
    }

    /** The caller's addrlen, between 0 and 128. */
    int length() {
        return length;
    }

    int family() {
        return Byte.toUnsignedInt(bytes[0]) | Byte.toUnsignedInt(bytes[1]) << 8;
    }

    /** Returns 0 for an address of IPv4, or the negated error that a connect to it gets. */
    int check4() {
        if (length < IN_SIZE) {
            return -EINVAL;
        }
        return family() == AF_INET ? 0 : -EAFNOSUPPORT;
    }

    /** Returns 0 for an address of IPv6, or the negated error that a connect to it gets. */
    int check6() {
        if (length < IN6_SHORT_SIZE) {
            return -EINVAL;
        }
        return family() == AF_INET6 ? 0 : -EAFNOSUPPORT;
    }

    int port() {
        return Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(2));
    }

    /** {@code sin_addr}. */
    Ip in() {
        return Ip.v4(ByteBuffer.wrap(bytes).getInt(4));
    }

    /** {@code sin6_addr}. */
    Ip in6() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Ip(buffer.getLong(8), buffer.getLong(16));
    }

    /** {@code sin6_scope_id}; 0 when the address is too short for it. */
    int scope() {
        return length >= IN6_SIZE
                ? ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(IN6_SHORT_SIZE)
                : 0;
    }

    boolean hasScope() {
        return scope() != 0;
    }

    /** Returns the first bytes, padded with zeros. */
    byte[] bytes(int count) {
        return Arrays.copyOf(bytes, count);
    }

    /**
     * Returns a {@code struct sockaddr_in} or {@code sockaddr_in6}.
     *
     * @param device the socket's device, which is the scope of an address that needs one
     */
    static byte[] of(int family, Ip ip, int port, int device) {
        ByteBuffer buffer = ByteBuffer.allocate(family == AF_INET6 ? IN6_SIZE : IN_SIZE);
        buffer.order(ByteOrder.LITTLE_ENDIAN).putShort((short) family);
        buffer.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        if (family == AF_INET) {
            buffer.putInt(ip.toV4());
        } else {
            buffer.putInt(0).putLong(ip.high()).putLong(ip.low());
            buffer.order(ByteOrder.LITTLE_ENDIAN).putInt(ip.needsScope() ? device : 0);
        }
        return buffer.array();
    }
}
