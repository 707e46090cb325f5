// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.Capture;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.junit.SimConfig;
import dev.unraced.sim.kernel.CallStep;
import org.junit.jupiter.api.Test;

@SimConfig
class AgentTest {
    @Test
    void aPathThatIsRewrittenInMidCallIsAlarming(SimKernel kernel, Capture capture) {
        SimBuffer path = kernel.process("evil").buffer("/tmp/harmless");
        SimCall open = path.process().thread().openat(path).until(CallStep.COPY_PATH);
        path.write("/etc/passwd"); // the observer has read the path, the kernel has not
        open.finish();
        // Hand the capture to the agent, and look for its alarm.
    }
}
