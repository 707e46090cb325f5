// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import com.google.common.net.InetAddresses;
import dev.unraced.event.BytesView;
import dev.unraced.event.Sockaddr;
import picocli.CommandLine.TypeConversionException;

/** Internet addresses that begin alike, such as 10.0.0.0/8; one address alone is one, too. Immutable. */
final class Network {
    private static final int INET_AT = 4;
    private static final int INET6_AT = 8;
    private static final int INET_BYTES = 4;
    private static final int INET6_BYTES = 16;
    /** The last bytes of an IPv4-mapped address are one of IPv4: RFC 4291, 2.5.5.2. */
    private static final int MAPPED_AT = 12;

    private final byte[] address;
    private final int bits;

    private Network(byte[] address, int bits) {
        this.address = address;
        this.bits = bits;
    }

    /** Reads an address, or an address and the number of bits that count. Asks no name server. */
    static Network parse(String text) {
        int slash = text.indexOf('/');
        try {
            byte[] address = InetAddresses.forString(slash < 0 ? text : text.substring(0, slash))
                    .getAddress();
            int bits = slash < 0 ? address.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= address.length * Byte.SIZE) {
                return new Network(address, bits);
            }
        } catch (IllegalArgumentException e) {
            // The message below says all that there is to say.
        }
        throw new TypeConversionException(
                "'" + text + "' is no internet address, nor one with a number of bits, such as 10.0.0.0/8 or ::1");
    }

    /** Returns whether a {@code struct sockaddr} has an address of this network, also as an IPv4-mapped one. */
    boolean contains(BytesView sockaddr) {
        int family = PeerFilter.familyOf(sockaddr);
        if (family == Sockaddr.AF_INET && sockaddr.length() >= INET_AT + INET_BYTES) {
            return address.length == INET_BYTES && startsAlike(sockaddr, INET_AT);
        }
        if (family != Sockaddr.AF_INET6 || sockaddr.length() < INET6_AT + INET6_BYTES) {
            return false;
        }
        return address.length == INET6_BYTES
                ? startsAlike(sockaddr, INET6_AT)
                : isMapped(sockaddr) && startsAlike(sockaddr, INET6_AT + MAPPED_AT);
    }

    private static boolean isMapped(BytesView sockaddr) {
        for (int i = 0; i < MAPPED_AT; i++) {
            if (sockaddr.byteAt(INET6_AT + i) != (i < MAPPED_AT - 2 ? 0 : (byte) 0xff)) {
                return false;
            }
        }
        return true;
    }

    private boolean startsAlike(BytesView sockaddr, int at) {
        for (int bit = 0; bit < bits; bit += Byte.SIZE) {
            int differing = (address[bit / Byte.SIZE] ^ sockaddr.byteAt(at + bit / Byte.SIZE)) & 0xff;
            int counted = Math.min(Byte.SIZE, bits - bit);
            if (differing >>> (Byte.SIZE - counted) != 0) {
                return false;
            }
        }
        return true;
    }
}
