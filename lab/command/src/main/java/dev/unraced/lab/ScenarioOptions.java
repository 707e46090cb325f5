// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.DurationConverter;
import dev.unraced.sizing.LatencyModel.Mixture;
import dev.unraced.sizing.Preset;
import dev.unraced.sizing.ScaleScenario;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The machine to simulate: a preset, and the values that differ from it. */
final class ScenarioOptions {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PRESET",
            converter = PresetConverter.class,
            description = "The machine to simulate: desktop, server, container-host or stash-attack. Default: server.")
    private Preset preset = Preset.SERVER;

    @Option(names = "--threads", paramLabel = "N", description = "Threads at any time, up to some 4 million.")
    private @Nullable Integer threads;

    @Option(names = "--rate", paramLabel = "N", description = "Watched calls per second, of all threads together.")
    private @Nullable Double rate;

    @Option(
            names = "--blocked",
            paramLabel = "SHARE",
            description = "The share of calls that block for long, 0 to 1, such as 0.01.")
    private @Nullable Double blocked;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Virtual time: 90s, 30m, 2h.")
    private @Nullable Duration duration;

    @Option(names = "--seed", paramLabel = "N", description = "Decides every random choice. Default: 1.")
    private @Nullable Long seed;

    /**
     * Returns the scenario.
     *
     * @throws IllegalArgumentException when there is no such machine
     */
    ScaleScenario scenario() {
        ScaleScenario base = preset.scenario();
        ScaleScenario.Builder scenario = base.toBuilder();
        if (threads != null) {
            scenario.threads(threads);
        }
        if (rate != null) {
            scenario.callsPerSecond(rate);
        }
        if (blocked != null && base.latency() instanceof Mixture mixture) {
            scenario.latency(mixture.withBlocked(blocked));
        }
        if (duration != null) {
            scenario.duration(duration);
        }
        if (seed != null) {
            scenario.seed(seed);
        }
        return scenario.build();
    }

    /** Returns a line about the preset. */
    String explanation() {
        return preset.explanation();
    }
}
