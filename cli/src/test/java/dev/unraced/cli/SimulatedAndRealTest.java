// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.DiscoveredDriver;
import dev.unraced.conformance.script.ScenarioScript;
import dev.unraced.conformance.script.ScriptComparison;
import dev.unraced.conformance.script.ScriptRun;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.selection.Drivers;
import org.junit.jupiter.api.Test;

/** Tests the likeness of the simulator to the kernel: it runs one script on both, and compares the events. */
class SimulatedAndRealTest {
    private static final Drivers DRIVERS = Drivers.discover();

    @Test
    void theSimulatorSaysOfTheEverydayScriptWhatTheRunningKernelSays() {
        DiscoveredDriver simulated = DiscoveredDriver.of(DRIVERS, "sim");
        DiscoveredDriver real = DiscoveredDriver.of(DRIVERS, "ebpf");
        RunnableDriver.need(real.driver(), real.config().build());

        ScriptRun there = ScriptRun.run(simulated, ScenarioScript.everyday());
        ScriptRun here = ScriptRun.run(real, ScenarioScript.everyday());

        assertThat(there.events()).hasSizeGreaterThan(80);
        assertThat(ScriptComparison.differences(
                        there,
                        simulated.driver().capabilities(),
                        here,
                        real.driver().capabilities()))
                .isEmpty();
    }
}
