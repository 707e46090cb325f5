// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link CaptureConfig}. Settings of this builder override every other layer; all other settings come from
 * those layers. A setter called again replaces its earlier value, lists included. Nothing is checked before
 * {@link #build}. Not thread-safe.
 */
public final class CaptureConfigBuilder {
    private final ConfigLoader loader;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private @Nullable Path file;
    private String origin = "builder";
    private @Nullable Set<String> known;

    CaptureConfigBuilder(ConfigLoader loader) {
        this.loader = loader;
    }

    /** Sets the names of the drivers to try, in order, or {@code auto} alone. */
    public CaptureConfigBuilder driver(String... names) {
        return set("unraced.driver", List.of(names));
    }

    /** Sets the mitigation mode at the start. */
    public CaptureConfigBuilder mitigation(Mitigation mode) {
        return set("unraced.mitigation", lowerCase(mode));
    }

    /** Sets whether arguments are compared with the object that the call acted on. */
    public CaptureConfigBuilder integrity(boolean compare) {
        return set("unraced.integrity", compare);
    }

    /** Sets whether the entry of a call is an event, too, at the start. */
    public CaptureConfigBuilder enterEvents(boolean publish) {
        return set("unraced.enter-events", publish);
    }

    /** Sets whether fork, exec and exit of processes are events, too. */
    public CaptureConfigBuilder processEvents(boolean publish) {
        return set("unraced.process-events", publish);
    }

    /** Sets whether containers get their names from the node's container runtime; this needs process events. */
    public CaptureConfigBuilder containerNames(boolean ask) {
        return set("unraced.container-names", ask);
    }

    /** Sets the calls to watch; at least one. */
    public CaptureConfigBuilder syscalls(Syscall... calls) {
        return set(
                "unraced.syscalls",
                Arrays.stream(calls).map(CaptureConfigBuilder::lowerCase).toList());
    }

    /** Sets whether the capturing process's own calls are events, too. */
    public CaptureConfigBuilder observeSelf(boolean observe) {
        return set("unraced.observe-self", observe);
    }

    /** Sets the thread groups to watch; none for all. */
    public CaptureConfigBuilder tgids(int... ids) {
        return set("unraced.filter.tgids", Arrays.stream(ids).boxed().toList());
    }

    /** Sets the real user ids to watch; none for all. */
    public CaptureConfigBuilder uids(long... ids) {
        return set("unraced.filter.uids", Arrays.stream(ids).boxed().toList());
    }

    /** Sets the ids of the cgroups to watch, each with its descendants; none for all. */
    public CaptureConfigBuilder cgroups(long... ids) {
        return set("unraced.filter.cgroups", Arrays.stream(ids).boxed().toList());
    }

    /** Sets the inode numbers of the mount namespaces to watch; none for all. */
    public CaptureConfigBuilder mountNamespaces(long... ids) {
        return set("unraced.filter.mount-namespaces", Arrays.stream(ids).boxed().toList());
    }

    /**
     * Sets the executables whose callers to watch, each an absolute path; none for all. The driver takes the files that
     * they lead to when the capture opens.
     */
    public CaptureConfigBuilder executables(String... paths) {
        return set("unraced.filter.executables", List.of(paths));
    }

    /**
     * Sets the prefixes of paths of opens to watch, each of 1 to {@value EventFilters#MAX_PATH} bytes of UTF-8; none
     * for all.
     */
    public CaptureConfigBuilder paths(String... starts) {
        return set("unraced.filter.paths", List.of(starts));
    }

    /** Sets the calls to watch by their result. */
    public CaptureConfigBuilder result(ResultFilter result) {
        return set("unraced.filter.result", lowerCase(result));
    }

    /** Sets the limit of events per second of each real user, 0 to {@value RateLimits#MOST}; 0 for no limit. */
    public CaptureConfigBuilder userLimit(int events) {
        return set("unraced.limit.user", events);
    }

    /** Sets the limit of events per second of each cgroup, 0 to {@value RateLimits#MOST}; 0 for no limit. */
    public CaptureConfigBuilder cgroupLimit(int events) {
        return set("unraced.limit.cgroup", events);
    }

    /** Sets the size of the ring between kernel and reader, in bytes; a power of two, 64 KiB to 512 MiB. */
    public CaptureConfigBuilder ringBytes(long bytes) {
        return set("unraced.ring-bytes", bytes);
    }

    /** Sets the number of threads that can be in a watched call at once; 1 to 1,048,576. */
    public CaptureConfigBuilder stashEntries(int entries) {
        return set("unraced.stash.entries", entries);
    }

    /** Sets the number of those threads whose path can be too long for an ordinary stash entry; 1 to 65,536. */
    public CaptureConfigBuilder stashLongPaths(int entries) {
        return set("unraced.stash.long-paths", entries);
    }

    /**
     * Sets any key, including keys of drivers.
     *
     * @param key as documented, such as {@code unraced.ring-bytes}; the leading {@code unraced.} may be left out
     * @param value text, a number, a boolean, or a collection of these; a text with commas is a list where the key
     *     needs a list
     */
    public CaptureConfigBuilder set(String key, Object value) {
        // The last value wins, also between the two spellings of a key.
        values.remove(key);
        values.put(Objects.requireNonNull(key), Objects.requireNonNull(value));
        return this;
    }

    /**
     * Sets the origin that messages give for wrong values of this builder: {@code builder} by default, or for instance
     * {@code command line}.
     */
    public CaptureConfigBuilder origin(String who) {
        this.origin = Objects.requireNonNull(who);
        return this;
    }

    /**
     * Sets the names of the drivers that there are, such as {@code Drivers.discover().names()}. With them,
     * {@link #build} tells of other names together with all other problems; without them, opening a capture does.
     */
    public CaptureConfigBuilder knownDrivers(Set<String> names) {
        this.known = Set.copyOf(names);
        return this;
    }

    /** Sets the file to read, instead of the file that the system property, the environment or the default names. */
    public CaptureConfigBuilder file(Path file) {
        this.file = Objects.requireNonNull(file);
        return this;
    }

    /**
     * Reads the other layers and checks all settings.
     *
     * @throws InvalidConfigException with all problems of all layers
     */
    public CaptureConfig build() {
        return loader.load(values, file, origin, known);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
