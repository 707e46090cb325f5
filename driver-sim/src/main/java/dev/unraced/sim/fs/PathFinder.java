// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;

/**
 * Finds out where an opened file is, in the sense of {@link ResolvedPath}. Uses its memory again, so that finding a
 * path allocates nothing; not thread-safe.
 */
public final class PathFinder {
    private final byte[] bytes = new byte[ResolvedPath.MAX_BYTES];
    /** The path is what lies from here on: it is written from its end. */
    private int start;

    private boolean deleted;
    private boolean detached;
    private boolean foreign;
    private boolean truncated;

    /** Finds a file's path as it is now, as a driver in the kernel would report it to a caller in the given context. */
    public void find(OpenFile file, FsContext context) {
        start = bytes.length;
        detached = false;
        foreign = false;
        truncated = false;
        Mount mount = file.location().mount();
        Dentry dentry = file.location().dentry();
        deleted = dentry.isDeleted() && !dentry.isRoot();

        while (true) {
            if (dentry == mount.root()) {
                if (!mount.hasParent()) {
                    MountNamespace namespace = mount.namespace();
                    detached = namespace == null;
                    foreign = namespace != null && namespace != context.namespace();
                    break;
                }
                dentry = mount.mountpoint();
                mount = mount.parent();
                continue;
            }
            boolean loose = dentry.isRoot();
            if (loose && start < bytes.length) {
                detached = true;
                break;
            }
            ByteString name = dentry.name();
            if (name.length() + 2 > start) {
                truncated = true;
                detached = loose;
                break;
            }
            start -= name.length();
            name.copyTo(bytes, start);
            if (loose) {
                detached = true;
                break;
            }
            bytes[--start] = '/';
            dentry = dentry.parent();
        }
        if (start == bytes.length && !detached) {
            bytes[--start] = '/';
        }
    }

    /** Length of the path in bytes, at most {@link ResolvedPath#MAX_BYTES}. */
    public int length() {
        return bytes.length - start;
    }

    /** Copies the path to the beginning of an array. */
    public void copyTo(byte[] target) {
        System.arraycopy(bytes, start, target, 0, length());
    }

    public boolean deleted() {
        return deleted;
    }

    public boolean detached() {
        return detached;
    }

    public boolean foreign() {
        return foreign;
    }

    public boolean truncated() {
        return truncated;
    }

    ResolvedPath toResolvedPath() {
        return new ResolvedPath(ByteString.copyOf(bytes, start, bytes.length), deleted, detached, foreign, truncated);
    }
}
