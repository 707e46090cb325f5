// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The paths of cgroups by their ids, as process events reported them, or a resolver that is asked once of each cgroup
 * of which none did. The ids of cgroups are not used again while the machine runs. The cache is bounded: it discards
 * the least recently used paths. A look-up of a known id allocates nothing, as one in a map of boxed ids would.
 */
final class CgroupPaths {
    private static final int MOST = 16_384;
    private static final int BUCKETS = MOST;
    /** The most questions in a second: whoever makes cgroups must not keep the consumer from its events. */
    private static final int QUESTIONS = 256;

    private static final long SECOND = 1_000_000_000L;
    /** Any odd number without a pattern: ids that follow each other get buckets of their own. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private volatile long evicted;

    private final @Nullable CgroupResolver resolver;
    private int questions;
    private long questionsSince;

    private final @Nullable Place[] buckets = new Place[BUCKETS];
    /** The head of the list in the order of use: {@code newer} is the oldest place, {@code older} the newest one. */
    private final Place ends = new Place(0, null, null);

    private int size;

    private static final class Place {
        private final long id;
        /** Null where the resolver knew none. */
        private @Nullable ByteString path;

        private @Nullable Container container;
        /** The next place of the same bucket. */
        private @Nullable Place next;

        private Place older = this;
        private Place newer = this;

        Place(long id, @Nullable ByteString path, @Nullable Container container) {
            this.id = id;
            this.path = path;
            this.container = container;
        }
    }

    /** Makes an empty cache; without a resolver it knows what process events told alone. */
    CgroupPaths(@Nullable CgroupResolver resolver) {
        this.resolver = resolver;
    }

    /** Returns the number of paths that were discarded. From any thread. */
    long evicted() {
        return evicted;
    }

    void put(long id, ByteString path) {
        Place known = find(id);
        if (known != null && path.equals(known.path)) {
            return;
        }
        Container container = Container.ofCgroup(path.toUtf8()).orElse(null);
        if (known != null) {
            known.path = path;
            known.container = container;
            return;
        }
        add(id, path, container);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private Place add(long id, @Nullable ByteString path, @Nullable Container container) {
        if (size == MOST) {
            remove(ends.newer);
            evicted++;
        }
        Place made = new Place(id, path, container);
        int bucket = bucket(id);
        made.next = buckets[bucket];
        buckets[bucket] = made;
        size++;
        append(made);
        return made;
    }

    @Nullable
    ByteString path(long id) {
        Place place = findOrAsk(id);
        return place == null ? null : place.path;
    }

    @Nullable
    Container container(long id) {
        Place place = findOrAsk(id);
        return place == null ? null : place.container;
    }

    private @Nullable Place findOrAsk(long id) {
        Place known = find(id);
        if (known != null || resolver == null || id == 0 || !mayAsk()) {
            return known;
        }
        String path = resolver.pathOf(id);
        // A cgroup that is no more never comes again, so one without an answer is kept as well.
        return path == null
                ? add(id, null, null)
                : add(id, ByteString.utf8(path), Container.ofCgroup(path).orElse(null));
    }

    private boolean mayAsk() {
        long now = System.nanoTime();
        if (questions == 0 || now - questionsSince >= SECOND) {
            questionsSince = now;
            questions = 0;
        }
        return questions++ < QUESTIONS;
    }

    /** Returns the place of an id, which is the newest one from now on. */
    private @Nullable Place find(long id) {
        Place place = buckets[bucket(id)];
        while (place != null && place.id != id) {
            place = place.next;
        }
        if (place != null && ends.older != place) {
            unlink(place);
            append(place);
        }
        return place;
    }

    private void append(Place place) {
        place.older = ends.older;
        place.newer = ends;
        ends.older.newer = place;
        ends.older = place;
    }

    private static void unlink(Place place) {
        place.older.newer = place.newer;
        place.newer.older = place.older;
    }

    private void remove(Place place) {
        unlink(place);
        int bucket = bucket(place.id);
        Place before = buckets[bucket];
        if (before == place) {
            buckets[bucket] = place.next;
        } else {
            while (before != null && before.next != place) {
                before = before.next;
            }
            if (before != null) {
                before.next = place.next;
            }
        }
        size--;
    }

    private static int bucket(long id) {
        return (int) ((id * SPREAD) >>> (Long.SIZE - Integer.numberOfTrailingZeros(BUCKETS)));
    }
}
