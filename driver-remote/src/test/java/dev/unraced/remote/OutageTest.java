// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Gap;
import dev.unraced.protocol.v1.Stats;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests the gap since the last statistics of a server that is out of reach. */
class OutageTest {
    private static final Stats LAST = Stats.newBuilder().setTimeNs(1_000).build();

    private final AtomicLong clock = new AtomicLong(-50);
    private final Outage outage = new Outage(clock::get);

    @Test
    void anOutageThatLastsIsAGapUpToNow() {
        outage.learned();
        clock.addAndGet(30);
        assertThat(outage.gap(LAST)).as("the server is there").isEmpty();
        outage.begin();
        assertThat(outage.gap(LAST)).contains(new Gap(1_000, 1_030, false));
        clock.addAndGet(40);
        assertThat(outage.gap(LAST)).contains(new Gap(1_000, 1_070, false));
    }

    @Test
    void aConnectionThatIsThereAgainLeavesNoGap() {
        outage.learned();
        outage.begin();
        outage.clear();
        assertThat(outage.gap(LAST)).isEmpty();
    }

    @Test
    void anOutageThatEndsWithTheCaptureKeepsItsLength() {
        outage.learned();
        outage.begin();
        clock.addAndGet(70);
        outage.end();
        clock.addAndGet(1);
        assertThat(outage.gap(LAST)).contains(new Gap(1_000, 1_070, true));
    }
}
