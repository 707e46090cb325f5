// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.config.NearestName;
import dev.unraced.config.Setting;
import dev.unraced.sim.trace.TraceSettings;
import dev.unraced.stash.StashPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the driver takes from its own section of the configuration.
 *
 * @param kernel which simulated kernel to watch
 * @param policy what a full stash does
 * @param replay the recording to replay instead of a kernel, empty for none
 * @param originalTiming whether a replay takes its time
 */
record SimSettings(String kernel, StashPolicy policy, String replay, boolean originalTiming) {
    private static final List<String> POLICIES = List.of("hash", "lru");
    private static final String ORIGINAL = "original";
    private static final List<String> TIMINGS = List.of("fast", ORIGINAL);

    /**
     * Reads the section.
     *
     * @throws InvalidConfigException when a value is none of those that its key allows
     */
    static SimSettings of(CaptureConfig config) {
        Choices own = new Choices(config, new ArrayList<>());
        String kernel = own.choice("kernel", SimKernels.NAMES);
        String policy = own.choice("stash", POLICIES);
        String timing = own.choice("timing", TIMINGS);
        if (!own.problems().isEmpty()) {
            throw new InvalidConfigException(own.problems());
        }
        return new SimSettings(
                kernel,
                StashPolicy.valueOf(policy.toUpperCase(Locale.ROOT)),
                config.driver(SimDriver.NAME).getString("replay"),
                timing.equals(ORIGINAL));
    }

    TraceSettings trace(CaptureConfig config, int observer) {
        return new TraceSettings(
                config.mitigation(),
                config.integrity(),
                config.enterEvents(),
                config.syscalls(),
                config.observeSelf() ? 0 : observer,
                config.filters(),
                policy,
                config.stashEntries(),
                config.stashLongPaths(),
                config.ringBytes());
    }

    /** Values that must be one of a few names. */
    private record Choices(CaptureConfig config, List<String> problems) {

        String choice(String key, List<String> allowed) {
            String value = config.driver(SimDriver.NAME).getString(key);
            if (!allowed.contains(value)) {
                String full = "unraced." + SimDriver.NAME + "." + key;
                problems.add(full + " = " + value + origin(full) + ", the nearest is "
                        + NearestName.of(value, allowed).orElseThrow() + "; allowed: " + String.join(", ", allowed));
            }
            return value;
        }

        private String origin(String key) {
            return config.settings().stream()
                    .filter(setting -> setting.key().equals(key))
                    .map(Setting::origin)
                    .collect(Collectors.joining("", " (", ")"));
        }
    }
}
