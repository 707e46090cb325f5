// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.event.Integrity;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.junit.SimExtension;
import dev.unraced.sim.kernel.CallStep;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SimExtension.class)
class StagedAttackTest {

    @Test
    void theAgentAlertsWhenAPathIsRewrittenInMidCall(SimKernel kernel, Capture capture) {
        SimBuffer path = kernel.process("evil").buffer("/tmp/harmless");
        SimCall open = path.process().thread().openat(path).until(CallStep.COPY_PATH);
        path.write("/etc/passwd"); // the observer has read the path, the kernel has not
        open.finish();

        assertThat(alerts(capture)).containsExactly("evil opened /etc/passwd as /tmp/harmless");
    }

    /** The agent under test. */
    private static List<String> alerts(Capture capture) {
        List<String> alerts = new ArrayList<>();
        capture.poll(
                event -> {
                    if (event.path().integrity() == Integrity.CHANGED) {
                        alerts.add(event.comm() + " opened " + event.resolvedPath() + " as " + event.path());
                    }
                },
                100);
        return alerts;
    }
}
