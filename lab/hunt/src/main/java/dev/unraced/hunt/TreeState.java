// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names, mounts and standings between two changes. A change copies the state and the directories that it alters. */
final class TreeState {
    private Map<Long, Map<String, Long>> directories = new HashMap<>();
    private Map<Place, Integer> mounts = new HashMap<>();
    private Map<Integer, Standing> standings = new HashMap<>();

    TreeState() {}

    TreeState copy() {
        TreeState copy = new TreeState();
        copy.directories = new HashMap<>(directories);
        copy.mounts = new HashMap<>(mounts);
        copy.standings = new HashMap<>(standings);
        return copy;
    }

    @Nullable
    Long child(long directory, String name) {
        Map<String, Long> entries = directories.get(directory);
        return entries == null ? null : entries.get(name);
    }

    void addDirectory(long directory) {
        directories.putIfAbsent(directory, new HashMap<>());
    }

    boolean isDirectory(long node) {
        return directories.containsKey(node);
    }

    void put(long directory, String name, long node) {
        Map<String, Long> entries = new HashMap<>(directories.getOrDefault(directory, Map.of()));
        entries.put(name, node);
        directories.put(directory, entries);
    }

    void remove(long directory, String name) {
        Map<String, Long> entries = new HashMap<>(directories.getOrDefault(directory, Map.of()));
        entries.remove(name);
        directories.put(directory, entries);
    }

    @Nullable
    Long parent(long node) {
        for (Map.Entry<Long, Map<String, Long>> directory : directories.entrySet()) {
            if (directory.getValue().containsValue(node)) {
                return directory.getKey();
            }
        }
        return null;
    }

    /** Returns the number of names that a node has. */
    long names(long node) {
        return directories.values().stream()
                .flatMap(entries -> entries.values().stream())
                .filter(child -> child == node)
                .count();
    }

    @Nullable
    Integer mountAt(Place place) {
        return mounts.get(place);
    }

    Map<Place, Integer> mounts() {
        return mounts;
    }

    void mount(Place place, int mount) {
        mounts.put(place, mount);
    }

    void unmount(int mount) {
        mounts.values().removeIf(each -> each == mount);
    }

    @Nullable
    Standing standing(int actor) {
        return standings.get(actor);
    }

    void stand(int actor, Standing standing) {
        standings.put(actor, standing);
    }
}
