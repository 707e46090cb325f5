// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Addresses as programs write them. */
final class Addresses {
    private Addresses() {}

    static byte[] inet(String ip, int port) {
        return Address.of(AF_INET, Ip.v4(ByteBuffer.wrap(parse(ip)).getInt()), port, 0);
    }

    static byte[] scoped(String ip, int port, int scope) {
        byte[] address = inet6(ip, port);
        ByteBuffer.wrap(address).order(ByteOrder.LITTLE_ENDIAN).putInt(24, scope);
        return address;
    }

    static byte[] inet6(String ip, int port) {
        if (ip.startsWith("::ffff:")) {
            return Address.of(
                    AF_INET6, Ip.v4(ByteBuffer.wrap(parse(ip.substring(7))).getInt()), port, 0);
        }
        ByteBuffer bytes = ByteBuffer.wrap(parse(ip));
        return Address.of(AF_INET6, new Ip(bytes.getLong(), bytes.getLong()), port, 0);
    }

    /**
     * Returns the address of a path, with its NUL, or of an abstract name, which starts with a NUL and has none at its
     * end.
     */
    static byte[] unix(String name) {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        byte[] address = new byte[2 + text.length + (name.charAt(0) == 0 ? 0 : 1)];
        address[0] = AF_UNIX;
        System.arraycopy(text, 0, address, 2, text.length);
        return address;
    }

    static byte[] family(int family, int length) {
        byte[] address = {(byte) family, (byte) (family >> 8)};
        return Arrays.copyOf(address, length);
    }

    static String text(byte[] address) {
        return new Sockaddr(ByteString.copyOf(address)).toString();
    }

    static int port(byte[] address) {
        return new Sockaddr(ByteString.copyOf(address)).port();
    }

    private static byte[] parse(String ip) {
        try {
            return InetAddress.getByName(ip).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
