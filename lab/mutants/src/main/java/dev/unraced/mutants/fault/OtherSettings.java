// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.config.EventFilters;
import dev.unraced.config.RateLimits;
import dev.unraced.sim.trace.TraceSettings;

/** Makes settings that differ in one thing from those that were asked for. */
public final class OtherSettings {
    private OtherSettings() {}

    /** Returns the same settings with other filters. */
    public static TraceSettings filtered(TraceSettings settings, EventFilters others) {
        return with(settings, settings.processEvents(), others, settings.limits());
    }

    /** Returns the same settings with other limits. */
    public static TraceSettings limited(TraceSettings settings, RateLimits others) {
        return with(settings, settings.processEvents(), settings.filters(), others);
    }

    /** Returns the same settings with process events. */
    public static TraceSettings withProcesses(TraceSettings settings) {
        return with(settings, true, settings.filters(), settings.limits());
    }

    private static TraceSettings with(
            TraceSettings settings, boolean processEvents, EventFilters filters, RateLimits limits) {
        return new TraceSettings(
                settings.mitigation(),
                settings.integrity(),
                settings.enterEvents(),
                processEvents,
                settings.syscalls(),
                settings.self(),
                filters,
                limits,
                settings.policy(),
                settings.stashEntries(),
                settings.stashLongPaths(),
                settings.ringBytes());
    }
}
