// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the directories of a hierarchy of cgroups. */
final class CgroupDirectories {
    /** The most directories of one reading: users with a part of the hierarchy of their own may make many. */
    static final int MOST = 1 << 18;

    private static final Path MOUNT = Path.of("/sys/fs/cgroup");
    private static final Logger LOG = LoggerFactory.getLogger(CgroupDirectories.class);
    /** The number of links of a directory without directories in it: from the one above, and from itself. */
    private static final int LINKS_OF_A_LEAF = 2;

    private final Map<Long, Long> parents = new HashMap<>();
    private final Queue<Directory> waiting = new ArrayDeque<>();

    private record Directory(Path path, long id) {}

    private CgroupDirectories() {}

    /** Reads the hierarchy of version 2, which events name; beside version 1 it is mounted a step lower. */
    static Map<Long, Long> read() {
        return read(Files.exists(MOUNT.resolve("cgroup.controllers")) ? MOUNT : MOUNT.resolve("unified"));
    }

    /**
     * Returns the id of each cgroup, with that of the cgroup above it; the root's is its own. Those closer to the root
     * come first, so that no user's depth hides the cgroups of others. One whose path is too long to be opened is
     * missing.
     */
    static Map<Long, Long> read(Path root) {
        CgroupDirectories reading = new CgroupDirectories();
        reading.note(root, null);
        for (Directory next = reading.waiting.poll(); next != null; next = reading.waiting.poll()) {
            reading.list(next);
        }
        return reading.parents;
    }

    /** A leaf is not opened: a cgroup has some 70 files, of which each would have to be looked at. */
    private void note(Path path, @Nullable Directory above) {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:ino,nlink,isDirectory", LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(found.get("isDirectory"))) {
                return;
            }
            long id = (Long) found.get("ino");
            boolean isNew = parents.putIfAbsent(id, above == null ? id : above.id()) == null;
            if (isNew && (Integer) found.get("nlink") != LINKS_OF_A_LEAF) {
                waiting.add(new Directory(path, id));
            }
        } catch (IOException e) {
            LOG.trace("{} ended while it was read", path, e);
        }
    }

    private void list(Directory directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.path())) {
            for (Path entry : entries) {
                if (parents.size() >= MOST) {
                    return;
                }
                note(entry, directory);
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.trace("{} ended while it was read", directory.path(), e);
        }
    }
}
