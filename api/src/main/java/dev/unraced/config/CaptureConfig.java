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
 * The settings of a capture, checked. Builder over system properties over environment over file over defaults.
 * Immutable and thread-safe.
 */
public final class CaptureConfig {
    private final NavigableMap<String, ConfigValue> values;
    private final DriverChoice drivers;
    private final Mitigation mitigation;
    private final boolean integrity;
    private final boolean enterEvents;
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
        syscalls = in.constants("unraced.syscalls", Syscall.class);
        observeSelf = in.flag("unraced.observe-self");
        filters = EventFilters.read(in);
        limits = RateLimits.read(in);
        // Mapped twice in a row, a ring must stay addressable by an int.
        ringBytes = in.powerOfTwoBytes("unraced.ring-bytes", 1 << 16, 1 << 29);
        stashEntries = in.integer("unraced.stash.entries", 1, 1 << 20);
        stashLongPaths = in.integer("unraced.stash.long-paths", 1, 1 << 16);
        in.checkRest();
    }

    /**
     * What system properties, environment and file say, over the defaults.
     *
     * @throws InvalidConfigException with all that is wrong in any of them
     */
    public static CaptureConfig load() {
        return builder().build();
    }

    /** A builder, whose settings go over those of every other layer. */
    public static CaptureConfigBuilder builder() {
        return new CaptureConfigBuilder(ConfigLoader.system());
    }

    /** Names of the drivers to try, in order; at least one. */
    public List<String> drivers() {
        return drivers.names();
    }

    /** Whether {@link #drivers()} is what {@code auto} stands for, rather than names that the user chose. */
    public boolean isAuto() {
        return drivers.automatic();
    }

    /** The mode at the start. */
    public Mitigation mitigation() {
        return mitigation;
    }

    /**
     * Whether claims are compared with what the call acted on. Without, no argument that came from memory is more than
     * {@link dev.unraced.event.Integrity#UNCHECKED}, unless it is the kernel's own copy.
     */
    public boolean integrity() {
        return integrity;
    }

    /** Whether the entry of a call is an event, too, at the start. */
    public boolean enterEvents() {
        return enterEvents;
    }

    /** The calls to watch; at least one. */
    public Set<Syscall> syscalls() {
        return syscalls;
    }

    /** Whether the capturing process's own calls are events too. */
    public boolean observeSelf() {
        return observeSelf;
    }

    /** Which calls become events. */
    public EventFilters filters() {
        return filters;
    }

    /** Thread groups to watch; empty for all. */
    public Set<Integer> tgids() {
        return filters.tgids();
    }

    /** Real user ids to watch; empty for all. */
    public Set<Long> uids() {
        return filters.uids();
    }

    /** Ids of cgroups to watch, each with all below it; empty for all. */
    public Set<Long> cgroups() {
        return filters.cgroups();
    }

    /** How many events a user, and a cgroup, may make in a second. */
    public RateLimits limits() {
        return limits;
    }

    /** Size of the ring between kernel and reader, in bytes; a power of two, 64 KiB to 512 MiB. */
    public int ringBytes() {
        return ringBytes;
    }

    /** Entries of the stash: how many threads can be in a watched call at once. */
    public int stashEntries() {
        return stashEntries;
    }

    /** Entries of the stash for paths that are too long for its ordinary entries. */
    public int stashLongPaths() {
        return stashLongPaths;
    }

    /**
     * Every key that there is, with its default and what it means: the library's own first, then those of the drivers
     * on the class path.
     */
    public static List<DocumentedSetting> reference() {
        return SettingDocuments.of(new KnownKeys(ConfigLoader.reference(CaptureConfig.class.getClassLoader())));
    }

    /**
     * The settings of one driver alone, with its own keys, such as {@code libbpf} of {@code unraced.ebpf}. Every key of
     * its {@code reference.conf} is there and has the type of its default; empty for a driver without any.
     */
    public Config driver(String name) {
        String section = ConfigUtil.joinPath(KnownKeys.ROOT, name) + ".";
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, ConfigValue> entry :
                values.tailMap(section, true).entrySet()) {
            if (!entry.getKey().startsWith(section)) {
                break;
            }
            config = config.withValue(entry.getKey().substring(section.length()), entry.getValue());
        }
        return config;
    }

    /** Whether nobody has set a key, so that it has its default. */
    public boolean isDefault(String key) {
        ConfigValue value = values.get(key);
        return value != null && SettingText.isDefault(value.origin());
    }

    /** Every key with its value and where that came from, in alphabetical order. */
    public List<Setting> settings() {
        return values.entrySet().stream()
                .map(entry -> new Setting(
                        entry.getKey(),
                        SettingText.value(entry.getValue()),
                        SettingText.origin(entry.getValue().origin())))
                .toList();
    }
}
