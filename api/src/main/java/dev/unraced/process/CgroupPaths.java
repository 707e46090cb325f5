// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The paths of cgroups by their ids, as process events reported them. The ids of cgroups are not used again while the
 * machine runs. The cache is bounded: it discards the least recently used paths. A look-up allocates nothing, as one in
 * a map of boxed ids would.
 */
final class CgroupPaths {
    private static final int MOST = 16_384;
    private static final int BUCKETS = MOST;
    /** Any odd number without a pattern: ids that follow each other get buckets of their own. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private volatile long evicted;

    private final @Nullable Place[] buckets = new Place[BUCKETS];
    /** The head of the list in the order of use: {@code newer} is the oldest place, {@code older} the newest one. */
    private final Place ends = new Place(0, ByteString.EMPTY, null);

    private int size;

    private static final class Place {
        private final long id;
        private ByteString path;
        private @Nullable Container container;
        /** The next place of the same bucket. */
        private @Nullable Place next;

        private Place older = this;
        private Place newer = this;

        Place(long id, ByteString path, @Nullable Container container) {
            this.id = id;
            this.path = path;
            this.container = container;
        }
    }

    /** Returns the number of paths that were discarded. From any thread. */
    long evicted() {
        return evicted;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void put(long id, ByteString path) {
        Place known = find(id);
        if (known != null && known.path.equals(path)) {
            return;
        }
        Container container = Container.ofCgroup(path.toUtf8()).orElse(null);
        if (known != null) {
            known.path = path;
            known.container = container;
            return;
        }
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
    }

    @Nullable
    ByteString path(long id) {
        Place place = find(id);
        return place == null ? null : place.path;
    }

    @Nullable
    Container container(long id) {
        Place place = find(id);
        return place == null ? null : place.container;
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
