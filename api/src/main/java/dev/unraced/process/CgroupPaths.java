// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The paths of cgroups by their ids, as process events reported them. The ids of cgroups are not used again while the
 * machine runs. The cache is bounded: it discards the least recently used paths.
 */
final class CgroupPaths {
    private static final int MOST = 16_384;

    private volatile long evicted;

    private final Map<Long, Place> places = new LinkedHashMap<>(16, 0.75f, true);

    private record Place(ByteString path, @Nullable Container container) {}

    /** Returns the number of paths that were discarded. From any thread. */
    long evicted() {
        return evicted;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void put(long id, ByteString path) {
        Place known = places.get(id);
        if (known != null && known.path.equals(path)) {
            return;
        }
        places.put(id, new Place(path, Container.ofCgroup(path.toUtf8()).orElse(null)));
        if (places.size() > MOST) {
            places.remove(places.keySet().iterator().next());
            evicted++;
        }
    }

    @Nullable
    ByteString path(long id) {
        Place place = places.get(id);
        return place == null ? null : place.path;
    }

    @Nullable
    Container container(long id) {
        Place place = places.get(id);
        return place == null ? null : place.container;
    }
}
