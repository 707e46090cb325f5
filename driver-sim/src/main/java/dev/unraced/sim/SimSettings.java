// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.settings.Choices;
import dev.unraced.sim.trace.TraceSettings;
import dev.unraced.stash.StashPolicy;
import java.util.List;
import java.util.Locale;

/**
 * The driver's own section of the configuration.
 *
 * @param kernel the simulated kernel to watch
 * @param policy the behaviour of a full stash
 */
record SimSettings(String kernel, StashPolicy policy) {
    private static final List<String> POLICIES = List.of("hash", "lru");

    /**
     * Reads the section.
     *
     * @throws InvalidConfigException when a key has a value that it does not allow
     */
    static SimSettings of(CaptureConfig config) {
        Choices own = new Choices(config, SimDriver.NAME);
        String kernel = own.choice("kernel", SimKernels.NAMES);
        String policy = own.choice("stash", POLICIES);
        own.check();
        return new SimSettings(kernel, StashPolicy.valueOf(policy.toUpperCase(Locale.ROOT)));
    }

    TraceSettings trace(CaptureConfig config, int observer) {
        return new TraceSettings(
                config.mitigation(),
                config.integrity(),
                config.enterEvents(),
                config.processEvents(),
                config.syscalls(),
                config.observeSelf() ? 0 : observer,
                config.filters(),
                config.limits(),
                policy,
                config.stashEntries(),
                config.stashLongPaths(),
                config.ringBytes());
    }
}
