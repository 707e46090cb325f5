// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import dev.unraced.driver.FilterMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows which cgroup of this machine lies below which: the id of a cgroup is the inode number of its directory. One
 * tree serves all subscribers. Thread-safe.
 *
 * <p>An id that the tree does not know yet makes it read the directories again. It spends at most a tenth of the time
 * on that, and reads for an id that it did not find only once, since no cgroup gets an id that was in use before.
 * Cgroups that have ended stay known up to a number, because their events may still wait in a ring.
 */
public final class CgroupTree implements FilterMatcher.Cgroups {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** After a reading, the pause is this many times as long as the reading was. */
    private static final int PAUSE_PER_READING = 9;
    /** The most cgroups that have ended, and the most ids without a cgroup. */
    static final int MOST_REMEMBERED = 65_536;

    private final Supplier<Map<Long, Long>> directories;
    private final LongSupplier clock;
    private final Map<Long, Cgroup> known = new ConcurrentHashMap<>();
    private final Set<Long> absent = ConcurrentHashMap.newKeySet();
    private long readings;
    private long nextReading;

    /**
     * A cgroup.
     *
     * @param parent the id of the cgroup above it; its own for the root
     * @param seen the number of the reading that found it last
     */
    private record Cgroup(long parent, long seen) {}

    /** Makes a view of the tree below {@code /sys/fs/cgroup}, which reads it when it is first asked. */
    public CgroupTree() {
        this(CgroupDirectories::read, System::nanoTime);
    }

    /**
     * Makes a view of another tree.
     *
     * @param directories reads the id of each cgroup, with that of the cgroup above it
     */
    CgroupTree(Supplier<Map<Long, Long>> directories, LongSupplier clock) {
        this.directories = directories;
        this.clock = clock;
        this.nextReading = clock.getAsLong();
    }

    @Override
    public boolean isInside(long cgroup, Set<Long> wanted) {
        if (wanted.contains(cgroup)) {
            return true;
        }
        Cgroup found = known.get(cgroup);
        if (found == null && !absent.contains(cgroup)) {
            found = look(cgroup);
        }
        long id = cgroup;
        while (found != null && found.parent() != id) {
            id = found.parent();
            if (wanted.contains(id)) {
                return true;
            }
            found = known.get(id);
        }
        return false;
    }

    /** Reads the directories for an id, unless they were read a short time ago. */
    private synchronized @Nullable Cgroup look(long cgroup) {
        Cgroup found = known.get(cgroup);
        long begin = clock.getAsLong();
        if (found != null || absent.contains(cgroup) || begin - nextReading < 0) {
            return found;
        }
        readings++;
        directories.get().forEach((id, parent) -> known.put(id, new Cgroup(parent, readings)));
        forgetOldest();
        long end = clock.getAsLong();
        nextReading = end + Math.max(PAUSE_NANOS, PAUSE_PER_READING * (end - begin));
        found = known.get(cgroup);
        if (found == null) {
            if (absent.size() >= MOST_REMEMBERED) {
                absent.clear();
            }
            absent.add(cgroup);
        }
        return found;
    }

    /** Forgets the cgroups whose end is longest ago, when they are too many. A cgroup never outlives one above it. */
    private void forgetOldest() {
        List<Map.Entry<Long, Cgroup>> ended = new ArrayList<>();
        known.entrySet().stream()
                .filter(entry -> entry.getValue().seen() < readings)
                .forEach(ended::add);
        if (ended.size() > MOST_REMEMBERED) {
            ended.sort(Comparator.comparingLong(entry -> entry.getValue().seen()));
            ended.subList(0, ended.size() - MOST_REMEMBERED).forEach(entry -> known.remove(entry.getKey()));
        }
    }
}
