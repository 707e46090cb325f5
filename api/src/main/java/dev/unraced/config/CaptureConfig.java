// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/**
 * The checked settings of a capture. The builder overrides system properties, which override the environment, the file
 * and the defaults, in this order. Immutable and thread-safe.
 */
public final class CaptureConfig {
    private final NavigableMap<String, ConfigValue> values;
    private final DriverChoice drivers;
    private final Mitigation mitigation;
    private final boolean integrity;
    private final boolean enterEvents;
    private final boolean processEvents;
    private final boolean containerNames;
    private final Set<Syscall> syscalls;
    private final boolean observeSelf;
    private final EventFilters filters;
    private final RateLimits limits;
    private final int ringBytes;
    private final int stashEntries;
    private final int stashLongPaths;

    CaptureConfig(NavigableMap<String, ConfigValue> values, SettingReader in) {
        this.values = Collections.unmodifiableNavigableMap(values);
        drivers = DriverChoice.read(in);
        mitigation = in.constant("unraced.mitigation", Mitigation.class);
        integrity = in.flag("unraced.integrity");
        enterEvents = in.flag("unraced.enter-events");
        processEvents = in.flag("unraced.process-events");
        containerNames = in.flag("unraced.container-names");
        if (containerNames && !processEvents) {
            in.problem("unraced.container-names", "needs unraced.process-events = on", "off, or both on");
        }
        syscalls = in.constants("unraced.syscalls", Syscall.class);
        observeSelf = in.flag("unraced.observe-self");
        filters = EventFilters.read(in);
        limits = RateLimits.read(in);
        // A part of a ring, or all of it, is mapped twice in a row, and an int must still address it.
        ringBytes = in.powerOfTwoBytes("unraced.ring-bytes", 1 << 16, 1 << 29);
        stashEntries = in.integer("unraced.stash.entries", 1, 1 << 20);
        stashLongPaths = in.integer("unraced.stash.long-paths", 1, 1 << 16);
        in.checkRest();
    }

    /**
     * Loads the settings of system properties, environment and file, over the defaults.
     *
     * @throws InvalidConfigException with all problems of these layers
     */
    public static CaptureConfig load() {
        return builder().build();
    }

    /** Returns a builder, whose settings override every other layer. */
    public static CaptureConfigBuilder builder() {
        return new CaptureConfigBuilder(ConfigLoader.system());
    }

    /** Returns the names of the drivers to try, in order; at least one. */
    public List<String> drivers() {
        return drivers.names();
    }

    /** Returns whether {@link #drivers()} is the list behind {@code auto}, rather than names that the user chose. */
    public boolean isAuto() {
        return drivers.automatic();
    }

    /** Returns the mitigation mode at the start. */
    public Mitigation mitigation() {
        return mitigation;
    }

    /**
     * Returns whether arguments are compared with the object that the call acted on. Without this, an argument from
     * memory is at most {@link dev.unraced.event.Integrity#UNCHECKED}, unless it is the kernel's own copy.
     */
    public boolean integrity() {
        return integrity;
    }

    /** Returns whether the entry of a call is an event, too, at the start. */
    public boolean enterEvents() {
        return enterEvents;
    }

    /** Returns whether fork, exec and exit of processes are events, too. */
    public boolean processEvents() {
        return processEvents;
    }

    /** Returns whether containers get their names from the node's container runtime. */
    public boolean containerNames() {
        return containerNames;
    }

    /** Returns the calls to watch; at least one. */
    public Set<Syscall> syscalls() {
        return syscalls;
    }

    /** Returns whether the capturing process's own calls are events, too. */
    public boolean observeSelf() {
        return observeSelf;
    }

    /** Returns the filters that select events. */
    public EventFilters filters() {
        return filters;
    }

    /** Returns the limits of events per second of a user and of a cgroup. */
    public RateLimits limits() {
        return limits;
    }

    /** Returns the size of the ring between kernel and reader, in bytes; a power of two, 64 KiB to 512 MiB. */
    public int ringBytes() {
        return ringBytes;
    }

    /** Returns the number of stash entries, which is the number of threads that can be in a watched call at once. */
    public int stashEntries() {
        return stashEntries;
    }

    /** Returns the number of stash entries for paths that are too long for an ordinary entry. */
    public int stashLongPaths() {
        return stashLongPaths;
    }

    /**
     * Returns every key with its default and its meaning: the library's own first, then those of the drivers on the
     * class path.
     */
    public static List<DocumentedSetting> reference() {
        return SettingDocuments.of(new KnownKeys(ConfigLoader.reference(CaptureConfig.class.getClassLoader())));
    }

    /**
     * Returns the settings of one driver or sink, such as {@code libbpf} of {@code unraced.ebpf}; without a key for one
     * that has none.
     */
    public ConfigSection section(String name) {
        String section = ConfigUtil.joinPath(KnownKeys.ROOT, name) + ".";
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, ConfigValue> entry :
                values.tailMap(section, true).entrySet()) {
            if (!entry.getKey().startsWith(section)) {
                break;
            }
            config = config.withValue(entry.getKey().substring(section.length()), entry.getValue());
        }
        return new ConfigSection(name, config);
    }

    /** Returns whether a key has its default because no layer set it. */
    public boolean isDefault(String key) {
        ConfigValue value = values.get(key);
        return value != null && SettingText.isDefault(value.origin());
    }

    /**
     * Returns where the value of a key comes from, in words.
     *
     * @throws IllegalArgumentException when there is no such key
     */
    public String origin(String key) {
        ConfigValue value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("there is no key " + key);
        }
        return SettingText.origin(value.origin());
    }

    /** Returns every key with its value and the origin of the value, in alphabetical order. */
    public List<Setting> settings() {
        return values.entrySet().stream()
                .map(entry -> new Setting(
                        entry.getKey(),
                        SettingText.value(entry.getValue()),
                        SettingText.origin(entry.getValue().origin())))
                .toList();
    }
}
