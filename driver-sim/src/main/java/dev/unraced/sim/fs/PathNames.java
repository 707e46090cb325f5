// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import org.jspecify.annotations.Nullable;

/** The components of a path, one after the other; consecutive slashes count as one. */
final class PathNames {
    private final byte[] path;
    private int at;
    private int from;
    private int to;
    private boolean slash;

    PathNames(byte[] path) {
        this.path = path;
        skipSlashes();
    }

    boolean atEnd() {
        return at == path.length;
    }

    /** Goes to the next component. */
    void next() {
        from = at;
        while (at < path.length && path[at] != '/') {
            at++;
        }
        to = at;
        slash = at < path.length;
        skipSlashes();
    }

    /** The current component. */
    ByteString name() {
        return ByteString.copyOf(path, from, to);
    }

    int length() {
        return to - from;
    }

    /** Returns whether the component is "." or "..". */
    boolean isDots() {
        int length = to - from;
        return length <= 2 && path[from] == '.' && path[to - 1] == '.';
    }

    boolean isDotDot() {
        return to - from == 2 && isDots();
    }

    /** Returns the entry of this name in a directory, or null. */
    @Nullable
    Dentry in(Dentry directory) {
        SuperBlock superBlock = directory.inode().superBlock();
        return superBlock.isFixed() ? superBlock.lookup(directory, name()) : directory.child(path, from, to);
    }

    /** Returns whether a slash follows the current component. */
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
