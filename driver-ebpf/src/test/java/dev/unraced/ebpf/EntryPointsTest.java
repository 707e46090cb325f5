// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.entrypoint.EntryPointCheck;
import dev.unraced.conformance.entrypoint.EntryPointResult;
import dev.unraced.conformance.entrypoint.EntryPointResult.Status;
import dev.unraced.event.EventView;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every way into the running kernel. */
class EntryPointsTest {
    @BeforeAll
    static void needTheDriver() {
        RealKernel.need();
    }

    @Test
    void eachCallByEachWayIsItsEvent() {
        List<EntryPointResult<SyscallEvent>> results = EntryPointCheck.run(EbpfDriver::new, EventView::snapshot);

        assertThat(results).hasSameSizeAs(EntryPointCheck.all());
        assertThat(results)
                .allSatisfy(result -> assertThat(result.status())
                        .as(
                                "%s of %s: %s",
                                result.entryPoint().way(), result.entryPoint().syscall(), result.reason())
                        .isNotEqualTo(Status.MISSED));
        // Every kernel has system calls.
        assertThat(results)
                .filteredOn(result -> result.entryPoint().way().equals("system call"))
                .allMatch(result -> result.status() == Status.SEEN);
    }
}
