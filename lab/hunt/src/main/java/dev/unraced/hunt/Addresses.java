// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static dev.unraced.event.Sockaddr.AF_NETLINK;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import java.util.HexFormat;

/** Makes equal socket addresses equal strings, without padding, flow labels, and needless scopes. */
final class Addresses {
    private static final int IN_LENGTH = 8;
    private static final int IN6_ADDRESS = 8;
    private static final int IN6_SCOPE = 24;
    private static final int IN6_LENGTH = 28;
    /** The start of an address of IPv6 that stands for one of IPv4, and the family of the latter, in hexadecimal. */
    private static final String MAPPED = "00000000000000000000ffff";

    private static final String IN = "0200";
    /** The digits of family, port and address of IPv6 in the normal form, before the scope. */
    private static final int SCOPED = 8 + 32;

    private Addresses() {}

    static String normal(Sockaddr address) {
        return normal(address.bytes());
    }

    static String normal(ByteString bytes) {
        return normal(HexFormat.of().formatHex(bytes.toByteArray()));
    }

    /** Returns the normal form of an address in hexadecimal; empty if it names nothing. */
    static String normal(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        if (bytes.length < 2) {
            return "";
        }
        int family = (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8;
        if (family == Sockaddr.AF_UNSPEC) {
            return "";
        }
        if (family == Sockaddr.AF_INET && bytes.length >= IN_LENGTH) {
            return hex.substring(0, 2 * IN_LENGTH);
        }
        if (family == Sockaddr.AF_INET6 && bytes.length >= IN6_SCOPE) {
            String scope =
                    needsScope(bytes) && bytes.length >= IN6_LENGTH ? hex.substring(2 * IN6_SCOPE, 2 * IN6_LENGTH) : "";
            return hex.substring(0, 8) + hex.substring(2 * IN6_ADDRESS, 2 * IN6_SCOPE) + scope;
        }
        if (family == AF_NETLINK) {
            return hex.substring(0, 4) + hex.substring(8);
        }
        // An unnamed UNIX socket has a family and no name.
        return bytes.length == 2 ? "" : hex;
    }

    /** Returns the IPv4 address in its normal form for which one of IPv6 stands; other addresses as they are. */
    static String unmapped(String normal) {
        return normal.startsWith(MAPPED, 8)
                ? IN + normal.substring(4, 8) + normal.substring(8 + MAPPED.length())
                : normal;
    }

    /** Returns the scope of an address in its normal form; empty if it needs none. */
    static String scope(String normal) {
        return normal.substring(Math.min(normal.length(), SCOPED));
    }

    private static boolean needsScope(byte[] bytes) {
        return (bytes[IN6_ADDRESS] & 0xff) == 0xfe && (bytes[IN6_ADDRESS + 1] & 0xc0) == 0x80;
    }
}
