// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capabilities;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.script.ScenarioScript;
import dev.unraced.conformance.script.ScriptComparison;
import dev.unraced.conformance.script.ScriptRun;
import dev.unraced.conformance.subject.RunnableDriver;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Runs the kit's script on the running kernel: comparing another driver with this driver needs reproducible results.
 */
class EbpfScriptTest {
    private static final EbpfDriver DRIVER = new EbpfDriver();

    @BeforeAll
    static void needTheDriver() {
        RunnableDriver.need(
                DRIVER, CaptureConfig.builder().driver(EbpfDriver.NAME).build());
    }

    @Test
    void twoRunsOfTheEverydayScriptAreEqual() {
        ScriptRun one = ScriptRun.run(() -> DRIVER, ScenarioScript.everyday());
        ScriptRun other = ScriptRun.run(() -> DRIVER, ScenarioScript.everyday());
        Capabilities capabilities = DRIVER.capabilities();

        assertThat(one.events()).hasSizeGreaterThan(80);
        assertThat(ScriptComparison.differences(one, capabilities, other, capabilities))
                .isEmpty();
    }
}
