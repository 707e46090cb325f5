// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import java.util.ArrayList;
import java.util.List;

/** Whether an opened file sits exactly where a claimed path says. In doubt it does not. */
public final class PathProof {
    private PathProof() {}

    /**
     * Walks from the file upwards, and compares each name with the claim's, last first, until no name is left: then the
     * walk must be where the claim starts. Links and ".." in a claim prove nothing. Logs what it reads.
     *
     * @param start where the claim starts: the caller's root, its working directory, or that of a descriptor
     * @param claimed the path as passed, without NUL
     */
    public static boolean confirms(OpenFile file, Place start, byte[] claimed) {
        List<ByteString> names = names(claimed);
        if (names.contains(PathNames.DOT_DOT)
                || (needsDirectory(claimed) && !file.inode().isDirectory())) {
            return false;
        }
        if (claimed.length == 0 || file.location().dentry().isDeleted()) {
            return false;
        }
        names.removeIf(PathNames.DOT::equals);
        Location at = file.location();
        for (int i = names.size() - 1; i >= 0; i--) {
            // A name that is covered now leads elsewhere.
            if (!at.covered().equals(at)) {
                return false;
            }
            while (at.dentry() == at.mount().root()) {
                if (!at.mount().hasParent()) {
                    return false;
                }
                at = new Location(at.mount().parent(), at.mount().mountpoint());
            }
            Dentry dentry = at.dentry();
            if (dentry.isDeleted() || dentry.isRoot() || !dentry.name().equals(names.get(i))) {
                return false;
            }
            at = new Location(at.mount(), dentry.parent());
        }
        return start.is(at);
    }

    private static List<ByteString> names(byte[] path) {
        List<ByteString> names = new ArrayList<>();
        PathNames rest = new PathNames(path);
        while (!rest.atEnd()) {
            names.add(rest.next());
        }
        return names;
    }

    /** After a slash, or a last ".", only a directory is found. */
    private static boolean needsDirectory(byte[] path) {
        int length = path.length;
        boolean endsInDot = length > 1 && path[length - 1] == '.' && path[length - 2] == '/';
        return length > 0 && (path[length - 1] == '/' || endsInDot);
    }
}
