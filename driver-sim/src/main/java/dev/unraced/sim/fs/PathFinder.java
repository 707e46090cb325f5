// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the path of an opened file, from its name up to the root of its mount namespace, as path/walk.h of the eBPF
 * driver does. A process's own root does not matter. The finder reads one name at a time, and a rename may come between
 * two names. So a second walk compares each name's sequence number with the first walk's. When all are the same, all
 * names were there at one moment between the walks.
 *
 * <p>Reuses its memory, so that finding a path allocates nothing; not thread-safe.
 */
public final class PathFinder {
    /** The most bytes that the walk has room for. */
    static final int MAX_BYTES = 4096;

    /** The number of walks that are tried when names change meanwhile. */
    private static final int TRIES = 3;

    private static final int FIRST_ROOM = 16;
    /**
     * The most names and mounts that one call may examine, with its proof. The longest path has fewer, in every try;
     * the bound keeps thousands of mounts from delaying a call.
     */
    private static final int SCANS = 16_384;

    private final byte[] bytes = new byte[MAX_BYTES];
    /** The path begins here and ends with the array: it is written from its end. */
    private int start;

    private @Nullable OpenFile file;
    private @Nullable FsContext context;
    private boolean checks;
    private int tries;
    private int scansLeft;

    /** The position of the first walk. */
    private @Nullable Mount mount;

    private @Nullable Dentry dentry;

    /** The names that the first walk read, in its order. */
    private Dentry[] names = new Dentry[FIRST_ROOM];

    private Mount[] mounts = new Mount[FIRST_ROOM];
    private int[] sequences = new int[FIRST_ROOM];
    private int read;
    /** The number of names that the second walk has compared; negative during the first walk. */
    private int compared;

    private boolean deleted;
    private boolean detached;
    private boolean foreign;
    private boolean truncated;
    private boolean unstable;
    private boolean isDone;

    /** Finds the current path of a file, as a driver in the kernel would report it to a caller in the given context. */
    public void find(OpenFile opened, FsContext caller) {
        begin(opened, caller, true);
        while (advance()) {
            // No rename happens meanwhile.
        }
    }

    /**
     * Begins to find a file's path; {@link #advance} goes on.
     *
     * @param twice whether a second walk checks the first one
     */
    public void begin(OpenFile opened, FsContext caller, boolean twice) {
        file = opened;
        context = caller;
        checks = twice;
        tries = 0;
        scansLeft = SCANS;
        unstable = false;
        isDone = false;
        walkAnew();
    }

    private void walkAnew() {
        OpenFile opened = required(file);
        start = bytes.length;
        detached = false;
        foreign = false;
        truncated = false;
        mount = opened.location().mount();
        dentry = opened.location().dentry();
        // The root of a mount has the name of its mountpoint.
        deleted = dentry.isDeleted() && !dentry.isRoot() && dentry != mount.root();
        read = 0;
        compared = -1;
        tries++;
    }

    /** Reads or compares one more name; returns whether there is more to do. */
    public boolean advance() {
        isDone = isDone || !step();
        return !isDone;
    }

    private boolean step() {
        if (compared < 0) {
            if (readName()) {
                return true;
            }
            compared = 0;
            return checks && read > 0;
        }
        if (scansLeft == 0) {
            unstable = true;
            return false;
        }
        scansLeft--;
        if (isChanged(compared)) {
            if (tries == TRIES) {
                unstable = true;
                return false;
            }
            walkAnew();
            return true;
        }
        compared++;
        return compared < read;
    }

    /** Climbs to the next name and reads it; returns false when there is none. */
    private boolean readName() {
        Mount at = required(mount);
        Dentry name = required(dentry);
        while (name == at.root()) {
            if (!note(at, name)) {
                return false;
            }
            if (!at.hasParent()) {
                MountNamespace namespace = at.namespace();
                detached = namespace == null;
                foreign = namespace != null && namespace != required(context).namespace();
                if (start == bytes.length && !detached) {
                    bytes[--start] = '/';
                }
                return false;
            }
            name = at.mountpoint();
            at = at.parent();
        }
        if (!note(at, name)) {
            return false;
        }
        boolean loose = name.isRoot();
        if (loose && start < bytes.length) {
            detached = true;
            return false;
        }
        prepend(name.name());
        if (loose) {
            detached = true;
            return false;
        }
        if (!truncated) {
            bytes[--start] = '/';
        }
        mount = at;
        dentry = name.parent();
        return true;
    }

    /** Adds a name. A path that is too long has no room for more, but those above tell whether anything leads here. */
    private void prepend(ByteString text) {
        truncated |= text.length() + 2 > start;
        if (!truncated) {
            start -= text.length();
            text.copyTo(bytes, start);
        }
    }

    /** Notes a name for the second walk; returns false beyond the bound of a call. */
    private boolean note(Mount at, Dentry name) {
        if (scansLeft == 0) {
            truncated = true;
            return false;
        }
        scansLeft--;
        if (read == names.length) {
            names = Arrays.copyOf(names, 2 * read);
            mounts = Arrays.copyOf(mounts, 2 * read);
            sequences = Arrays.copyOf(sequences, 2 * read);
        }
        names[read] = name;
        mounts[read] = at;
        sequences[read] = name.sequence();
        read++;
        return true;
    }

    /** Returns whether a name was renamed, or leads to another name, since the first walk read it. */
    private boolean isChanged(int index) {
        Dentry name = names[index];
        Mount at = mounts[index];
        if (name.sequence() != sequences[index]) {
            return true;
        }
        if (index + 1 == read) {
            return false;
        }
        boolean crosses = name == at.root();
        return names[index + 1] != (crosses ? at.mountpoint() : name.parent())
                || mounts[index + 1] != (crosses ? at.parent() : at);
    }

    private static <T> T required(@Nullable T begun) {
        if (begun == null) {
            throw new IllegalStateException("no walk was begun");
        }
        return begun;
    }

    /** The file whose path this is; null before the first walk. */
    public @Nullable OpenFile file() {
        return file;
    }

    /** The number of names and mounts that the call's proof may still examine. */
    public int scansLeft() {
        return scansLeft;
    }

    /** Length of the path in bytes, at most {@link #MAX_BYTES}. */
    public int length() {
        return bytes.length - start;
    }

    /** Copies the path to the beginning of an array. */
    public void copyTo(byte[] target) {
        System.arraycopy(bytes, start, target, 0, length());
    }

    /** Returns whether the name is gone, or was never there. */
    public boolean deleted() {
        return deleted;
    }

    /** Returns whether the topmost mount is attached nowhere. */
    public boolean detached() {
        return detached;
    }

    /** Returns whether the path is in another mount namespace than the caller's. */
    public boolean foreign() {
        return foreign;
    }

    /** Returns whether the path is longer than the room for it, and only its end is here. */
    public boolean truncated() {
        return truncated;
    }

    /** Returns whether a name changed during each of the tries, so that the path may mix names of several moments. */
    public boolean unstable() {
        return unstable;
    }

    /**
     * The path: absolute, unless it is detached. Then it starts at the detached mount's root and is empty for that root
     * itself; for a file outside all trees it is the name alone.
     */
    public ByteString path() {
        return ByteString.copyOf(bytes, start, bytes.length);
    }
}
