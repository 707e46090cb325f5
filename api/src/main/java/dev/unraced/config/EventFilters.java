// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import dev.unraced.event.ByteString;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which calls become events: those that meet every filter. An empty one lets all pass. Immutable.
 *
 * @param tgids thread groups
 * @param uids real user ids
 * @param cgroups ids of cgroups in the v2 hierarchy; those below one of them pass, too
 * @param mountNamespaces inode numbers of mount namespaces
 * @param paths how the path of an open starts, byte by byte; each of 1 to {@value #MAX_PATH} bytes. A connect passes,
 *     and so does a path that nobody could read
 * @param result how the call ends
 */
public record EventFilters(
        Set<Integer> tgids,
        Set<Long> uids,
        Set<Long> cgroups,
        Set<Long> mountNamespaces,
        List<ByteString> paths,
        ResultFilter result) {

    /** Bytes of the longest start of a path that a filter takes: LPM_DATA_SIZE_MAX of the kernel's lpm_trie.c. */
    public static final int MAX_PATH = 256;

    /** Lets everything pass. */
    public static final EventFilters NONE =
            new EventFilters(Set.of(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.ALL);

    public EventFilters {
        tgids = copy(tgids);
        uids = copy(uids);
        cgroups = copy(cgroups);
        mountNamespaces = copy(mountNamespaces);
        paths = List.copyOf(paths);
    }

    static EventFilters read(SettingReader in) {
        Set<Integer> tgids = in.integers("unraced.filter.tgids", 1, Integer.MAX_VALUE).stream()
                .map(Long::intValue)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        // The highest 32-bit number means "no user" to the kernel.
        Set<Long> uids = in.integers("unraced.filter.uids", 0, 0xFFFF_FFFEL);
        return new EventFilters(
                tgids,
                uids,
                in.integers("unraced.filter.cgroups", 1, Long.MAX_VALUE),
                in.integers("unraced.filter.mount-namespaces", 1, 0xFFFF_FFFFL),
                in.shortTexts("unraced.filter.paths", MAX_PATH),
                in.constant("unraced.filter.result", ResultFilter.class));
    }

    /** Whether a path, the first bytes of an array, starts as asked for. */
    public boolean acceptsPath(byte[] path, int length) {
        if (paths.isEmpty()) {
            return true;
        }
        for (int i = 0; i < paths.size(); i++) {
            if (startsWith(path, length, paths.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** In their order. */
    private static <T> Set<T> copy(Set<T> set) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(set));
    }

    private static boolean startsWith(byte[] path, int length, ByteString start) {
        if (length < start.length()) {
            return false;
        }
        for (int i = 0; i < start.length(); i++) {
            if (path[i] != start.byteAt(i)) {
                return false;
            }
        }
        return true;
    }
}
