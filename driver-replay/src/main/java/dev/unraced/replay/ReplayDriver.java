// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.recording.RecordingReader;

/** Replays the events of a recording. It needs no privilege. */
public final class ReplayDriver implements Driver {
    /** The name of the driver in the configuration. */
    public static final String NAME = "replay";

    ReplayDriver() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        try {
            return ReplaySettings.of(config).file().availability();
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        }
    }

    /** A recording can have events of any kind; each capture has the capabilities of its recording. */
    @Override
    public Capabilities capabilities() {
        return filteredHere(Capabilities.complete());
    }

    /** Filters apply to what was recorded. */
    static Capabilities filteredHere(Capabilities recorded) {
        return recorded.without(
                        Feature.FILTER_EXECUTABLE,
                        "no recorded event of a call names the file that its caller executes")
                .without(Feature.RATE_LIMITS, "limits were applied, or were not, when the calls were recorded");
    }

    /**
     * Starts to replay. The capture ends after the last event.
     *
     * @throws InvalidConfigException when this driver's section has a value that its key does not allow
     * @throws CaptureException when the file cannot be read, or process events are wanted and it was recorded without,
     *     another mode than the recorded one is, or a filter by executable or a limit is; the message names the remedy
     *     or the reason
     */
    @Override
    public Capture open(CaptureConfig config) {
        ReplaySettings settings = ReplaySettings.of(config);
        RecordingReader recording = settings.file().open();
        try {
            if (config.processEvents()) {
                recording.capabilities().require(Feature.PROCESS_EVENTS, NAME);
            }
            if (!config.filters().executables().isEmpty()) {
                capabilities().require(Feature.FILTER_EXECUTABLE, NAME);
            }
            if (config.limits().isOn()) {
                capabilities().require(Feature.RATE_LIMITS, NAME);
            }
            if (!config.isDefault("unraced.mitigation")
                    && recording.mitigation().isPresent()
                    && recording.mitigation().get() != config.mitigation()) {
                throw ReplaySource.unchangeable(recording.mitigation().get());
            }
            return ReplaySource.open(NAME, recording, config, settings.pace());
        } catch (CaptureException e) {
            recording.close();
            throw e;
        }
    }
}
