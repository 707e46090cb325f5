// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.entrance.EntranceCheck;
import dev.unraced.conformance.entrance.EntranceResult;
import dev.unraced.conformance.entrance.EntranceResult.Status;
import dev.unraced.event.EventView;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every way into the running kernel. */
class EntrancesTest {
    @BeforeAll
    static void needTheDriver() {
        RealKernel.need();
    }

    @Test
    void eachCallByEachWayIsItsEvent() {
        List<EntranceResult<SyscallEvent>> results = EntranceCheck.run(EbpfDriver::new, EventView::snapshot);

        assertThat(results).hasSameSizeAs(EntranceCheck.all());
        assertThat(results)
                .allSatisfy(result -> assertThat(result.status())
                        .as(
                                "%s of %s: %s",
                                result.entrance().way(), result.entrance().syscall(), result.reason())
                        .isNotEqualTo(Status.MISSED));
        // Every kernel has system calls.
        assertThat(results)
                .filteredOn(result -> result.entrance().way().equals("system call"))
                .allMatch(result -> result.status() == Status.SEEN);
    }
}
