// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;

import dev.unraced.event.BytesView;
import dev.unraced.event.RecordLayout;

/**
 * A {@code struct sockaddr}, copied out of a record into memory that is reused. Bytes that are too short for their
 * family have no ip: a caller passed them, but no kernel accepted them.
 */
final class RawAddress {
    private static final int FAMILY_SIZE = 2;
    private static final int INET_SIZE = 8;
    private static final int INET6_SIZE = 24;
    private static final int INET6_WITH_SCOPE_SIZE = 28;
    private static final int GROUPS = 8;

    final byte[] bytes = new byte[RecordLayout.ADDRESS_MAX];
    int length;

    /** Copies the bytes of an address, and returns whether there were any. */
    boolean read(BytesView view) {
        length = view.copyTo(bytes, 0);
        return view.isPresent();
    }

    /** Returns the family, or -1 when there are fewer than two bytes. */
    int family() {
        return length < FAMILY_SIZE ? -1 : (bytes[0] & 0xff) | ((bytes[1] & 0xff) << 8);
    }

    boolean hasIp() {
        return (family() == AF_INET && length >= INET_SIZE) || (family() == AF_INET6 && length >= INET6_SIZE);
    }

    int port() {
        return u16(2);
    }

    /** Returns the interface that a link-local IPv6 address belongs to, or 0. */
    long scope() {
        return family() == AF_INET6 && length >= INET6_WITH_SCOPE_SIZE
                ? (u8(24) | (u8(25) << 8) | (u8(26) << 16) | ((long) u8(27) << 24))
                : 0;
    }

    /** Appends {@code 127.0.0.1} or, by RFC 5952, {@code fe80::1}. */
    void ip(LineBuffer out) {
        if (family() == AF_INET) {
            ipv4(out, 4);
        } else {
            ipv6(out);
        }
    }

    boolean isUnix() {
        return family() == AF_UNIX;
    }

    /** Returns where the name of an AF_UNIX address starts: after the NUL of an abstract one. */
    int unixStart() {
        return isAbstract() ? FAMILY_SIZE + 1 : FAMILY_SIZE;
    }

    /** Returns where the name ends: at the first NUL or, when abstract, at the end of the address. */
    int unixEnd() {
        if (isAbstract()) {
            return length;
        }
        int end = FAMILY_SIZE;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return end;
    }

    /** Returns whether an AF_UNIX address has no name at all. */
    boolean isUnnamed() {
        return length == FAMILY_SIZE;
    }

    boolean isAbstract() {
        return length > FAMILY_SIZE && bytes[FAMILY_SIZE] == 0;
    }

    private void ipv4(LineBuffer out, int at) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                out.put('.');
            }
            out.putDecimal(u8(at + i));
        }
    }

    private void ipv6(LineBuffer out) {
        int zeros = longestZeros();
        int zerosEnd = zeros + zeroRun(zeros);
        // An IPv4-mapped address, such as ::ffff:127.0.0.1.
        boolean mapped = zeros == 0 && zerosEnd == 5 && group(5) == 0xffff;
        for (int i = 0; i < (mapped ? 6 : GROUPS); i++) {
            if (i == zeros) {
                out.put("::");
                i = zerosEnd - 1;
            } else {
                if (i > 0 && i != zerosEnd) {
                    out.put(':');
                }
                out.putHex(group(i));
            }
        }
        if (mapped) {
            out.put(':');
            ipv4(out, 20);
        }
    }

    /** Returns the first group of the longest run of at least two zero groups, or {@link #GROUPS}. */
    private int longestZeros() {
        int best = GROUPS;
        int bestRun = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = zeroRun(i);
            if (run > bestRun) {
                best = i;
                bestRun = run;
            }
        }
        return best;
    }

    private int zeroRun(int from) {
        int end = from;
        while (end < GROUPS && group(end) == 0) {
            end++;
        }
        return end - from;
    }

    private int group(int index) {
        return u16(8 + 2 * index);
    }

    private int u16(int at) {
        return (u8(at) << 8) | u8(at + 1);
    }

    private int u8(int at) {
        return bytes[at] & 0xff;
    }
}
