// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;

/** The components of a path, one after the other; slashes in a row count as one. */
final class PathNames {
    static final ByteString DOT = ByteString.utf8(".");
    static final ByteString DOT_DOT = ByteString.utf8("..");

    private final byte[] path;
    private int at;
    private boolean slash;

    PathNames(byte[] path) {
        this.path = path;
        skipSlashes();
    }

    boolean atEnd() {
        return at == path.length;
    }

    ByteString next() {
        int start = at;
        while (at < path.length && path[at] != '/') {
            at++;
        }
        ByteString name = ByteString.copyOf(path, start, at);
        slash = at < path.length;
        skipSlashes();
        return name;
    }

    /** Whether a slash follows the last component that was returned. */
    boolean slashFollows() {
        return slash;
    }

    static boolean isAbsolute(byte[] path) {
        return path.length > 0 && path[0] == '/';
    }

    private void skipSlashes() {
        while (at < path.length && path[at] == '/') {
            at++;
        }
    }
}
