// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The filters that select events: a call becomes an event when it passes every filter. An empty filter passes all
 * calls. Immutable.
 *
 * @param tgids thread groups
 * @param uids real user ids
 * @param cgroups ids of cgroups in the v2 hierarchy; their descendants pass, too
 * @param mountNamespaces inode numbers of mount namespaces
 * @param executables absolute paths of the files that callers execute. A driver takes the files that they lead to when
 *     the capture opens, or when the filters change
 * @param paths prefixes of the path of an open, in bytes; each of 1 to {@value #MAX_PATH} bytes. A connect passes, and
 *     so does an unreadable path
 * @param result the filter by the call's result
 */
public record EventFilters(
        Set<Integer> tgids,
        Set<Long> uids,
        Set<Long> cgroups,
        Set<Long> mountNamespaces,
        Set<String> executables,
        List<ByteString> paths,
        ResultFilter result) {

    /** The longest path prefix of a filter, in bytes: LPM_DATA_SIZE_MAX of the kernel's lpm_trie.c. */
    public static final int MAX_PATH = 256;

    /** The highest 32-bit number means "no user" to the kernel. */
    private static final long MAX_UID = 0xFFFF_FFFEL;

    private static final long MAX_NAMESPACE = 0xFFFF_FFFFL;

    /** The filters that pass all calls. */
    public static final EventFilters NONE =
            new EventFilters(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.ALL);

    /**
     * Creates filters.
     *
     * @throws IllegalArgumentException when no caller or path can have a value
     */
    public EventFilters {
        tgids = copy(tgids);
        uids = copy(uids);
        cgroups = copy(cgroups);
        mountNamespaces = copy(mountNamespaces);
        executables = copy(executables);
        paths = List.copyOf(paths);
        tgids.forEach(tgid -> require(tgid > 0, "thread group", tgid));
        uids.forEach(uid -> require(uid >= 0 && uid <= MAX_UID, "user", uid));
        cgroups.forEach(cgroup -> require(cgroup > 0, "cgroup", cgroup));
        mountNamespaces.forEach(number -> require(number > 0 && number <= MAX_NAMESPACE, "mount namespace", number));
        for (String executable : executables) {
            if (!isExecutable(executable)) {
                throw new IllegalArgumentException("no filter by executable " + executable + ", no absolute path");
            }
        }
        paths.forEach(path ->
                require(path.length() > 0 && path.length() <= MAX_PATH, "path prefix of a length of", path.length()));
    }

    private static void require(boolean isValid, String what, long value) {
        if (!isValid) {
            throw new IllegalArgumentException("no filter by " + what + " " + value);
        }
    }

    /** Returns whether a text can name an executable: it is an absolute path. */
    static boolean isExecutable(String text) {
        return text.startsWith("/") && text.indexOf('\0') < 0;
    }

    static EventFilters read(SettingReader in) {
        Set<Integer> tgids = in.integers("unraced.filter.tgids", 1, Integer.MAX_VALUE).stream()
                .map(Long::intValue)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Set<Long> uids = in.integers("unraced.filter.uids", 0, MAX_UID);
        return new EventFilters(
                tgids,
                uids,
                in.integers("unraced.filter.cgroups", 1, Long.MAX_VALUE),
                in.integers("unraced.filter.mount-namespaces", 1, MAX_NAMESPACE),
                in.executables("unraced.filter.executables"),
                in.prefixes("unraced.filter.paths", MAX_PATH),
                in.constant("unraced.filter.result", ResultFilter.class));
    }

    /** Returns whether a path, which is the first bytes of an array, starts with a wanted prefix. */
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

    /** Returns the capabilities that these filters need. A driver that cannot apply one of them refuses to open. */
    public Set<Feature> needs() {
        Set<Feature> needs = EnumSet.noneOf(Feature.class);
        addUnless(tgids.isEmpty(), Feature.FILTER_THREAD_GROUP, needs);
        addUnless(uids.isEmpty(), Feature.FILTER_USER, needs);
        addUnless(cgroups.isEmpty(), Feature.FILTER_CGROUP, needs);
        addUnless(mountNamespaces.isEmpty(), Feature.FILTER_MOUNT_NAMESPACE, needs);
        addUnless(executables.isEmpty(), Feature.FILTER_EXECUTABLE, needs);
        addUnless(paths.isEmpty(), Feature.FILTER_PATH, needs);
        addUnless(result == ResultFilter.ALL, Feature.FILTER_RESULT, needs);
        return Collections.unmodifiableSet(needs);
    }

    private static void addUnless(boolean isUnset, Feature feature, Set<Feature> needs) {
        if (!isUnset) {
            needs.add(feature);
        }
    }

    /** Copies a set and keeps its order. */
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
