// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import com.typesafe.config.Config;
import dev.unraced.config.CaptureConfig;
import dev.unraced.sim.trace.TraceSettings;
import dev.unraced.stash.StashPolicy;
import java.util.Locale;

/**
 * What the driver takes from its own section of the configuration.
 *
 * @param kernel which simulated kernel to watch
 * @param policy what a full stash does
 * @param replay the recording to replay instead of a kernel, empty for none
 * @param originalTiming whether a replay takes its time
 */
record SimSettings(String kernel, StashPolicy policy, String replay, boolean originalTiming) {

    static SimSettings of(CaptureConfig config) {
        Config own = config.driver(SimDriver.NAME);
        return new SimSettings(
                own.getString("kernel"),
                StashPolicy.valueOf(own.getString("stash").toUpperCase(Locale.ROOT)),
                own.getString("replay"),
                own.getString("timing").equals("original"));
    }

    TraceSettings trace(CaptureConfig config, int observer) {
        return new TraceSettings(
                config.mitigation(),
                config.integrity(),
                config.syscalls(),
                config.observeSelf() ? 0 : observer,
                config.tgids(),
                config.uids(),
                config.cgroups(),
                policy,
                config.stashEntries(),
                config.stashLongPaths(),
                config.ringBytes());
    }
}
