// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** Proves that an opened file sits exactly where a requested path says. It allocates nothing. */
public final class PathProof {
    private PathProof() {}

    /** The outcome of a proof. */
    public enum Result {
        CONFIRMED,
        REFUTED,
        /** The proof would examine more names and mounts than the call has left. */
        UNKNOWN
    }

    /**
     * Walks from the file upwards, and compares each name with the requested path's, last first. When no name is left,
     * the walk must be where the requested path starts. Links and ".." in it prove nothing.
     *
     * @param startMount number of the mount where the requested path starts: at the caller's root, its working
     *     directory, or that of a descriptor
     * @param startDentry number of the directory entry where the requested path starts
     * @param requested the path as passed, without NUL
     * @param length the number of bytes of the path
     * @param scans how many names and mounts may be examined
     */
    public static Result examine(
            OpenFile file, long startMount, long startDentry, byte[] requested, int length, int scans) {
        if (length == 0
                || hasDotDot(requested, length)
                || (needsDirectory(requested, length) && !file.inode().isDirectory())
                || isGone(file.location())) {
            return Result.REFUTED;
        }
        int left = scans;
        Mount mount = file.location().mount();
        Dentry dentry = file.location().dentry();
        int end = nameEnd(requested, length);
        while (end > 0) {
            int from = nameStart(requested, end);
            if (!isDots(requested, from, end, 1)) {
                // A name that a mount covers leads elsewhere now.
                if (mount.mountedOn(dentry) != null) {
                    return Result.REFUTED;
                }
                while (dentry == mount.root()) {
                    if (!mount.hasParent()) {
                        return Result.REFUTED;
                    }
                    if (left-- == 0) {
                        return Result.UNKNOWN;
                    }
                    dentry = mount.mountpoint();
                    mount = mount.parent();
                }
                if (dentry.isDeleted() || dentry.isRoot() || !dentry.name().contentEquals(requested, from, end)) {
                    return Result.REFUTED;
                }
                if (left-- == 0) {
                    return Result.UNKNOWN;
                }
                dentry = dentry.parent();
            }
            end = nameEnd(requested, from);
        }
        return startMount == mount.number() && startDentry == dentry.number() ? Result.CONFIRMED : Result.REFUTED;
    }

    /** The root of a mount has the name of its mountpoint. */
    private static boolean isGone(Location file) {
        return file.dentry().isDeleted() && file.dentry() != file.mount().root();
    }

    private static boolean hasDotDot(byte[] path, int length) {
        for (int end = nameEnd(path, length); end > 0; ) {
            int from = nameStart(path, end);
            if (isDots(path, from, end, 2)) {
                return true;
            }
            end = nameEnd(path, from);
        }
        return false;
    }

    /** Returns the end of the last name before an index; 0 when there is none. */
    private static int nameEnd(byte[] path, int before) {
        int end = before;
        while (end > 0 && path[end - 1] == '/') {
            end--;
        }
        return end;
    }

    private static int nameStart(byte[] path, int end) {
        int from = end;
        while (from > 0 && path[from - 1] != '/') {
            from--;
        }
        return from;
    }

    /** Returns whether a name consists of {@code count} dots and nothing else; the count is 1 or 2. */
    private static boolean isDots(byte[] path, int from, int end, int count) {
        return end - from == count && path[from] == '.' && path[end - 1] == '.';
    }

    /** A path that ends in a slash or in "/." leads only to a directory. */
    private static boolean needsDirectory(byte[] path, int length) {
        boolean endsInDot = length > 1 && path[length - 1] == '.' && path[length - 2] == '/';
        return path[length - 1] == '/' || endsInDot;
    }
}
