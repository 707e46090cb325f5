// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

/**
 * Writes internet addresses for people, IPv6 as RFC 5952 recommends: {@code java.net} does not shorten zeros, and other
 * tools print the short form.
 */
public final class InetText {
    private static final int GROUPS = 8;

    private InetText() {}

    /** Returns the text of 4 bytes. */
    public static String v4(byte[] address) {
        return v4(address, 0);
    }

    /** Returns the text of 16 bytes. */
    public static String v6(byte[] address) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
        }
        int start = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = zerosFrom(groups, i);
            if (zeros > length) {
                start = i;
                length = zeros;
            }
        }
        if (start == 0 && length == 5 && groups[5] == 0xffff) {
            return "::ffff:" + v4(address, 12);
        }
        if (length < 2) {
            return join(groups, 0, GROUPS);
        }
        return join(groups, 0, start) + "::" + join(groups, start + length, GROUPS);
    }

    private static String v4(byte[] address, int at) {
        return (address[at] & 0xff) + "." + (address[at + 1] & 0xff) + "." + (address[at + 2] & 0xff) + "."
                + (address[at + 3] & 0xff);
    }

    private static int zerosFrom(int[] groups, int from) {
        int end = from;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - from;
    }

    private static String join(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
