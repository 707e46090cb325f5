// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The paths of cgroups by their ids, as process events told them. The ids of cgroups are not used again while the
 * machine runs. Bounded: of very many, those are given up that nobody has asked for or told of the longest.
 */
final class CgroupPaths {
    private static final int MOST = 16_384;

    private final Map<Long, Place> places = new LinkedHashMap<>(16, 0.75f, true);

    private record Place(ByteString path, @Nullable Container container) {}

    void put(long id, ByteString path) {
        Place known = places.get(id);
        if (known != null && known.path.equals(path)) {
            return;
        }
        places.put(id, new Place(path, Container.ofCgroup(path.toUtf8()).orElse(null)));
        if (places.size() > MOST) {
            places.remove(places.keySet().iterator().next());
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
