// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EBADF;
import static dev.unraced.linux.Errno.ELOOP;
import static dev.unraced.linux.Errno.ENAMETOOLONG;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.Errno.ENOTDIR;
import static dev.unraced.linux.Errno.EXDEV;

import dev.unraced.event.ByteString;
import dev.unraced.linux.OpenFlags;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One lookup of a path: {@code struct nameidata} of fs/namei.c, whose functions the methods follow. */
final class PathWalk {
    private static final int PATH_MAX = 4096;
    private static final int NAME_MAX = 255;
    private static final int MAX_SYMLINKS = 40;

    private final FsCaller caller;
    private final long resolve;
    private final Location root;
    private final PathNames names;
    private Location at;
    /** Set once the kernel would have read the root, which it does as late as possible. */
    private boolean rootSet;

    private int links;
    /** The last component, as the current one; null when the path has none, like "/". */
    private @Nullable PathNames last;

    private boolean trailingSlash;
    private boolean follow;
    private boolean directory;

    /** path_init(): sets the start of the walk, and its root. */
    PathWalk(FsCaller caller, int dirfd, byte[] path, long resolve) throws FsException {
        if (path.length == 0) {
            throw FsException.of(ENOENT);
        }
        if (path.length >= PATH_MAX) {
            throw FsException.of(ENAMETOOLONG);
        }
        this.caller = caller;
        this.resolve = resolve;
        this.names = new PathNames(path);
        if (PathNames.isAbsolute(path) && !has(OpenFlags.RESOLVE_IN_ROOT)) {
            if (has(OpenFlags.RESOLVE_BENEATH)) {
                throw FsException.of(EXDEV);
            }
            root = caller.fs().root();
            at = root;
            rootSet = true;
        } else {
            at = start(caller, dirfd);
            root = isScoped() ? at : caller.fs().root();
            rootSet = isScoped();
        }
    }

    private static Location start(FsCaller caller, int dirfd) throws FsException {
        if (dirfd == OpenFlags.AT_FDCWD) {
            return caller.fs().cwd();
        }
        OpenFile file = caller.descriptor(dirfd);
        if (file == null) {
            throw FsException.of(EBADF);
        }
        if (!file.inode().isDirectory()) {
            throw FsException.of(ENOTDIR);
        }
        return file.location();
    }

    /** path_lookupat(): returns the place that the whole path leads to. */
    Location lookup(boolean followLast, boolean needDirectory) throws FsException {
        follow = followLast;
        directory = needDirectory;
        PathNames rest = names;
        do {
            walkToLast(rest);
            rest = hasLastName() ? walkTrailing(findLast()) : walkDots();
        } while (rest != null);
        return end();
    }

    /** filename_parentat(): returns the directory of the last component, which {@link #last} then returns. */
    Location parent() throws FsException {
        walkToLast(names);
        return at;
    }

    /**
     * Checks that a directory was found where O_DIRECTORY or a trailing slash asks for one: the end of path_lookupat()
     * and do_open().
     */
    Location end() throws FsException {
        if (directory && !at.inode().isDirectory()) {
            throw FsException.of(ENOTDIR);
        }
        return at;
    }

    /** Begins an open; the opener looks the last component up itself: see open_last_lookups(). */
    PathNames begin(boolean followLast, boolean needDirectory) {
        follow = followLast;
        directory = needDirectory;
        return names;
    }

    /** link_path_walk(): walks all components but the last one. */
    void walkToLast(PathNames path) throws FsException {
        // The stack is made at the first link, which few paths have.
        @Nullable Deque<PathNames> outer = null;
        PathNames current = path;
        last = null;
        trailingSlash = false;
        while (!current.atEnd()) {
            Access.check(caller, at.inode(), Access.EXEC);
            current.next();
            PathNames name = current;
            if (current.atEnd()) {
                if (outer == null || outer.isEmpty()) {
                    last = name;
                    trailingSlash = current.slashFollows();
                    return;
                }
                current = outer.pop();
            }
            PathNames target = name.isDots() ? dots(name) : stepInto(find(name), true);
            if (target != null) {
                if (outer == null) {
                    outer = new ArrayDeque<>();
                }
                outer.push(current);
                current = target;
            } else if (!at.inode().isDirectory()) {
                throw FsException.of(ENOTDIR);
            }
        }
    }

    /** Returns whether the last component is a name, and not ".", ".." or the root itself (LAST_NORM). */
    boolean hasLastName() {
        return last != null && !last.isDots();
    }

    ByteString last() {
        return last == null ? ByteString.EMPTY : last.name();
    }

    boolean trailingSlash() {
        return trailingSlash;
    }

    Location at() {
        return at;
    }

    /** handle_dots() for the last component; nothing is left to walk after it. */
    @Nullable
    PathNames walkDots() throws FsException {
        return last == null ? null : dots(last);
    }

    /**
     * Steps to the last component, and into a link that is to be followed.
     *
     * @return the rest of the walk within a link, or null
     */
    @Nullable
    PathNames walkTrailing(@Nullable Dentry dentry) throws FsException {
        if (trailingSlash) {
            follow = true;
            directory = true;
        }
        return stepInto(dentry, follow);
    }

    /** Looks the last component up, which must be a name; returns null when the directory lacks it. */
    @Nullable
    Dentry findLast() throws FsException {
        return find(Objects.requireNonNull(last));
    }

    /** Looks a name up in the directory where the walk is. */
    private @Nullable Dentry find(PathNames name) throws FsException {
        Dentry dir = at.dentry();
        if (dir.isDeleted()) {
            return null;
        }
        if (name.length() > NAME_MAX) {
            throw FsException.of(ENAMETOOLONG);
        }
        return name.in(dir);
    }

    private @Nullable PathNames dots(PathNames name) throws FsException {
        if (name.isDotDot()) {
            rootSet = true;
            at = crossMounts(parentOf(at));
        }
        return null;
    }

    /** Goes up as follow_dotdot() of fs/namei.c does. */
    private Location parentOf(Location place) throws FsException {
        if (place.equals(root)) {
            return stay(place);
        }
        Location under = place;
        while (under.dentry() == under.mount().root()) {
            if (!under.mount().hasParent()) {
                return stay(place);
            }
            under = new Location(under.mount().parent(), under.mount().mountpoint());
            if (under.equals(root)) {
                return stay(place);
            }
        }
        if (!under.equals(place) && has(OpenFlags.RESOLVE_NO_XDEV)) {
            throw FsException.of(EXDEV);
        }
        Dentry parent = under.dentry().parent();
        // path_connected(): the directory was moved out of the tree that a bind mount shows.
        Dentry top = under.mount().root();
        if (!top.isRoot() && !parent.isUnder(top)) {
            throw FsException.of(ENOENT);
        }
        return new Location(under.mount(), parent);
    }

    private Location stay(Location place) throws FsException {
        if (has(OpenFlags.RESOLVE_BENEATH)) {
            throw FsException.of(EXDEV);
        }
        return place;
    }

    private Location crossMounts(Location place) throws FsException {
        Location over = place.covered();
        if (!over.equals(place) && has(OpenFlags.RESOLVE_NO_XDEV)) {
            throw FsException.of(EXDEV);
        }
        return over;
    }

    private @Nullable PathNames stepInto(@Nullable Dentry dentry, boolean followLink) throws FsException {
        if (dentry == null) {
            throw FsException.of(ENOENT);
        }
        Location place = crossMounts(new Location(at.mount(), dentry));
        Link link = place.inode().link();
        if (link == null || !followLink) {
            at = place;
            return null;
        }
        return pickLink(link);
    }

    private @Nullable PathNames pickLink(Link link) throws FsException {
        links++;
        if (links > MAX_SYMLINKS || has(OpenFlags.RESOLVE_NO_SYMLINKS)) {
            throw FsException.of(ELOOP);
        }
        if (link instanceof Link.Jump jump) {
            jump(jump.target().get());
            return null;
        }
        byte[] target = link instanceof Link.Text text
                ? text.target().toByteArray()
                : ByteString.utf8(Integer.toString(caller.tgid())).toByteArray();
        if (PathNames.isAbsolute(target)) {
            jumpToRoot();
        }
        PathNames more = new PathNames(target);
        return more.atEnd() ? null : more;
    }

    /** nd_jump_root(); RESOLVE_NO_XDEV counts a root that was not read yet as another device. */
    private void jumpToRoot() throws FsException {
        boolean crosses = !rootSet || at.mount() != root.mount();
        if (has(OpenFlags.RESOLVE_BENEATH) || (has(OpenFlags.RESOLVE_NO_XDEV) && crosses)) {
            throw FsException.of(EXDEV);
        }
        rootSet = true;
        at = root;
    }

    /** nd_jump_link(). */
    private void jump(@Nullable Location target) throws FsException {
        if (target == null) {
            throw FsException.of(ENOENT);
        }
        if (has(OpenFlags.RESOLVE_NO_MAGICLINKS)) {
            throw FsException.of(ELOOP);
        }
        if (isScoped() || (has(OpenFlags.RESOLVE_NO_XDEV) && at.mount() != target.mount())) {
            throw FsException.of(EXDEV);
        }
        at = target;
    }

    private boolean isScoped() {
        return has(OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_IN_ROOT);
    }

    private boolean has(long bits) {
        return (resolve & bits) != 0;
    }
}
