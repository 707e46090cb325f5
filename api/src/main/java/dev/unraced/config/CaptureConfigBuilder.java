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
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link CaptureConfig}. What is set here goes over every other layer; what is not comes from them. A setter
 * called again replaces its earlier value, lists included. Nothing is checked before {@link #build}. Not thread-safe.
 */
public final class CaptureConfigBuilder {
    private final ConfigLoader loader;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private @Nullable Path file;
    private String origin = "builder";

    CaptureConfigBuilder(ConfigLoader loader) {
        this.loader = loader;
    }

    /** Names of the drivers to try, in order, or {@code auto} alone. */
    public CaptureConfigBuilder driver(String... names) {
        return set("unraced.driver", List.of(names));
    }

    /** The mode at the start. */
    public CaptureConfigBuilder mitigation(Mitigation mode) {
        return set("unraced.mitigation", lowerCase(mode));
    }

    /** Whether claims are compared with what the call acted on. */
    public CaptureConfigBuilder integrity(boolean compare) {
        return set("unraced.integrity", compare);
    }

    /** Whether the entry of a call is an event, too, at the start. */
    public CaptureConfigBuilder enterEvents(boolean publish) {
        return set("unraced.enter-events", publish);
    }

    /** The calls to watch; at least one. */
    public CaptureConfigBuilder syscalls(Syscall... calls) {
        return set(
                "unraced.syscalls",
                Arrays.stream(calls).map(CaptureConfigBuilder::lowerCase).toList());
    }

    /** Whether the capturing process's own calls are events too. */
    public CaptureConfigBuilder observeSelf(boolean observe) {
        return set("unraced.observe-self", observe);
    }

    /** Thread groups to watch; none for all. */
    public CaptureConfigBuilder tgids(int... ids) {
        return set("unraced.filter.tgids", Arrays.stream(ids).boxed().toList());
    }

    /** Real user ids to watch; none for all. */
    public CaptureConfigBuilder uids(long... ids) {
        return set("unraced.filter.uids", Arrays.stream(ids).boxed().toList());
    }

    /** Ids of cgroups to watch, each with all below it; none for all. */
    public CaptureConfigBuilder cgroups(long... ids) {
        return set("unraced.filter.cgroups", Arrays.stream(ids).boxed().toList());
    }

    /** Inode numbers of mount namespaces to watch; none for all. */
    public CaptureConfigBuilder mountNamespaces(long... ids) {
        return set("unraced.filter.mount-namespaces", Arrays.stream(ids).boxed().toList());
    }

    /** How paths of opens to watch start, each of 1 to {@value EventFilters#MAX_PATH} bytes of UTF-8; none for all. */
    public CaptureConfigBuilder paths(String... starts) {
        return set("unraced.filter.paths", List.of(starts));
    }

    /** Which calls to watch, by how they end. */
    public CaptureConfigBuilder result(ResultFilter result) {
        return set("unraced.filter.result", lowerCase(result));
    }

    /** Events per second of each real user that the source takes, 0 to {@value RateLimits#MOST}; 0 for any number. */
    public CaptureConfigBuilder userLimit(int events) {
        return set("unraced.limit.user", events);
    }

    /** Events per second of each cgroup that the source takes, 0 to {@value RateLimits#MOST}; 0 for any number. */
    public CaptureConfigBuilder cgroupLimit(int events) {
        return set("unraced.limit.cgroup", events);
    }

    /** Size of the ring between kernel and reader, in bytes; a power of two, 64 KiB to 512 MiB. */
    public CaptureConfigBuilder ringBytes(long bytes) {
        return set("unraced.ring-bytes", bytes);
    }

    /** How many threads can be in a watched call at once; 1 to 1,048,576. */
    public CaptureConfigBuilder stashEntries(int entries) {
        return set("unraced.stash.entries", entries);
    }

    /** How many of them can have a path that is too long for an ordinary entry; 1 to 65,536. */
    public CaptureConfigBuilder stashLongPaths(int entries) {
        return set("unraced.stash.long-paths", entries);
    }

    /**
     * Sets any key, those of drivers included.
     *
     * @param key as documented, such as {@code unraced.ring-bytes}; the leading {@code unraced.} may be left out
     * @param value text, a number, a boolean, or a collection of them; a text with commas is a list where one belongs
     */
    public CaptureConfigBuilder set(String key, Object value) {
        // The last one wins, also between a key's two spellings.
        values.remove(key);
        values.put(Objects.requireNonNull(key), Objects.requireNonNull(value));
        return this;
    }

    /**
     * Says to whom people are to be pointed when something that was set here is wrong: {@code builder} unless told
     * otherwise, such as {@code command line}.
     */
    public CaptureConfigBuilder origin(String who) {
        this.origin = Objects.requireNonNull(who);
        return this;
    }

    /** Names the file to read, instead of the one that system property, environment or default name. */
    public CaptureConfigBuilder file(Path file) {
        this.file = Objects.requireNonNull(file);
        return this;
    }

    /**
     * Reads the other layers and checks all.
     *
     * @throws InvalidConfigException with all that is wrong in any layer
     */
    public CaptureConfig build() {
        return loader.load(values, file, origin);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
