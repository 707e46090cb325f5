// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.settings.Choices;
import java.util.List;

/** The driver's own section of the configuration. */
record ReplaySettings(RecordingFile file, boolean originalTiming) {
    private static final String ORIGINAL = "original";
    private static final List<String> TIMINGS = List.of("fast", ORIGINAL);

    /**
     * Reads the section.
     *
     * @throws InvalidConfigException when a key has a value that it does not allow
     */
    static ReplaySettings of(CaptureConfig config) {
        Choices own = new Choices(config, ReplayDriver.NAME);
        String timing = own.choice("timing", TIMINGS);
        own.check();
        return new ReplaySettings(
                new RecordingFile(config.section(ReplayDriver.NAME).string("file")), timing.equals(ORIGINAL));
    }

    Pace pace() {
        return originalTiming ? Pace.original() : Pace.fast();
    }
}
