// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;

/**
 * A pattern for the whole of a path: {@code *} is any run of bytes, slashes included, and {@code ?} any byte. Matching
 * allocates nothing. Immutable.
 */
final class Glob {
    private final ByteString pattern;

    Glob(String pattern) {
        this.pattern = ByteString.utf8(pattern);
    }

    /** Returns whether the bytes from a place on match; a path that is absent never does. */
    boolean matches(BytesView path, int from) {
        int at = from;
        int in = 0;
        // The last star stands at the one, and has taken bytes up to the other.
        int star = -1;
        int taken = 0;
        while (at < path.length()) {
            if (in < pattern.length() && pattern.byteAt(in) == '*') {
                star = in++;
                taken = at;
            } else if (in < pattern.length() && isOne(pattern.byteAt(in), path.byteAt(at))) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++taken;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.byteAt(in) == '*') {
            in++;
        }
        return in == pattern.length() && path.isPresent();
    }

    private static boolean isOne(byte wanted, byte found) {
        return wanted == '?' || wanted == found;
    }
}
