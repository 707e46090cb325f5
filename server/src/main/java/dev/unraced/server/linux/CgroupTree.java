// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import dev.unraced.driver.FilterMatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which cgroup of this machine lies below which: the id of a cgroup is the inode number of its directory. It
 * reads the tree again, at most ten times a second, when it meets an unknown id. Not thread-safe.
 */
public final class CgroupTree implements FilterMatcher.Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupTree.class);
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path root;
    private final Map<Long, Set<Long>> ancestors = new HashMap<>();
    private long lastLook = System.nanoTime() - PAUSE_NANOS;

    /** Makes a view of the tree at {@code /sys/fs/cgroup}, which reads it when it is first asked. */
    public CgroupTree() {
        this(MOUNT);
    }

    CgroupTree(Path root) {
        this.root = root;
    }

    @Override
    public boolean isInside(long cgroup, Set<Long> wanted) {
        if (wanted.contains(cgroup)) {
            return true;
        }
        if (!ancestors.containsKey(cgroup) && System.nanoTime() - lastLook >= PAUSE_NANOS) {
            ancestors.clear();
            look(root, Set.of());
            lastLook = System.nanoTime();
        }
        for (long above : ancestors.getOrDefault(cgroup, Set.of())) {
            if (wanted.contains(above)) {
                return true;
            }
        }
        return false;
    }

    private void look(Path directory, Set<Long> above) {
        try {
            long id = (Long) Files.getAttribute(directory, "unix:ino");
            ancestors.put(id, above);
            Set<Long> chain = new HashSet<>(above);
            chain.add(id);
            try (Stream<Path> below = Files.list(directory)) {
                below.filter(Files::isDirectory).forEach(child -> look(child, chain));
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.trace("{} went while being looked at", directory, e);
        }
    }
}
