// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import java.util.Arrays;

/** Paths of files as a sentry writes them. */
final class ResolvedPaths {
    private static final byte[] DELETED = {' ', '(', 'd', 'e', 'l', 'e', 't', 'e', 'd', ')'};

    private ResolvedPaths() {}

    /** Returns the length of a path without the words that a sentry adds to it when the file has lost its name. */
    static int nameLength(byte[] bytes, int at, int length) {
        int from = at + length - DELETED.length;
        boolean deleted = from >= at && Arrays.equals(bytes, from, at + length, DELETED, 0, DELETED.length);
        return deleted ? length - DELETED.length : length;
    }
}
