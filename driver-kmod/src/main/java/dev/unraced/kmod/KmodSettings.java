// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.EventFilters;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.config.RateLimits;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.settings.CallHooks;
import dev.unraced.settings.Choices;
import java.util.List;
import java.util.Set;

/**
 * The settings that the driver takes from the configuration of a capture.
 *
 * @param hooks where calls are seen; AUTO before a capture has found out
 */
record KmodSettings(
        CallHooks hooks,
        Mitigation mitigation,
        boolean integrity,
        boolean enterEvents,
        boolean processEvents,
        Set<Syscall> syscalls,
        boolean observeSelf,
        EventFilters filters,
        RateLimits limits,
        int ringBytes,
        boolean ringPerCpu,
        int wakeBytes,
        int stashEntries,
        int stashLongPaths) {
    private static final String PER_CPU = "per-cpu";
    private static final List<String> RINGS = List.of("one", PER_CPU);
    private static final int SMALLEST_RING = 1 << 16;

    static KmodSettings of(CaptureConfig config) {
        Choices choices = new Choices(config, KmodDriver.NAME);
        String hooks = choices.choice("hooks", CallHooks.NAMES);
        String rings = choices.choice("rings", RINGS);
        choices.check();
        return new KmodSettings(
                CallHooks.of(hooks),
                config.mitigation(),
                config.integrity(),
                config.enterEvents(),
                config.processEvents(),
                config.syscalls(),
                config.observeSelf(),
                config.filters(),
                config.limits(),
                config.ringBytes(),
                rings.equals(PER_CPU),
                wakeBytes(config),
                config.stashEntries(),
                config.stashLongPaths());
    }

    private static int wakeBytes(CaptureConfig config) {
        ConfigSection own = config.section(KmodDriver.NAME);
        long bytes = own.bytes("wake-bytes");
        if (bytes < 1 || bytes > SMALLEST_RING / 2) {
            throw new InvalidConfigException(
                    List.of("unraced.kmod.wake-bytes = " + bytes + "; allowed: 1 to " + SMALLEST_RING / 2));
        }
        return (int) bytes;
    }

    /** Returns the hooks of this process's own configuration, for queries without a configuration. */
    static CallHooks configuredHooks() {
        try {
            return of(CaptureConfig.load()).hooks();
        } catch (InvalidConfigException e) {
            return CallHooks.TRACEPOINT;
        }
    }

    /** Returns settings that suffice to find out whether a capture could run. */
    static KmodSettings smallest(CallHooks hooks) {
        return new KmodSettings(
                hooks,
                Mitigation.STASH,
                true,
                false,
                false,
                Set.of(Syscall.CONNECT),
                false,
                EventFilters.NONE,
                RateLimits.NONE,
                SMALLEST_RING,
                false,
                1,
                1,
                1);
    }
}
