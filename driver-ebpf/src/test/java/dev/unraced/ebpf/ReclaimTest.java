// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.EventFilters;
import dev.unraced.config.RateLimits;
import dev.unraced.ebpf.libbpf.KernelFileSystem;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Mapping;
import dev.unraced.ebpf.libbpf.PerfEvent;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.natives.LibC;
import dev.unraced.ring.PerCpuCounters;
import dev.unraced.settings.CallHooks;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R6: without the program at return, every stash entry looks like a call that never returns. */
class ReclaimTest {

    @BeforeEach
    void needDriver() {
        RealKernel.need();
    }

    @ParameterizedTest(name = "task storage: {0}")
    @ValueSource(booleans = {false, true})
    void aThreadThatEndsTakesItsEntryWithIt(boolean taskStorage) throws Exception {
        EbpfSettings settings = new EbpfSettings(
                LibBpf.AUTO,
                false,
                CopyChoice.NONE,
                true,
                CallHooks.AUTO,
                false,
                Mitigation.STASH,
                true,
                false,
                false,
                Set.of(Syscall.OPENAT),
                false,
                EventFilters.NONE,
                RateLimits.NONE,
                1 << 16,
                false,
                64,
                64,
                taskStorage);
        int cpus = LibBpf.libbpf_num_possible_cpus();
        int page = LibC.getpagesize();
        try (BpfObject object = BpfObject.load(settings, cpus)) {
            Mapping controlMemory = Mapping.of(object.map("control"), 0, page, true);
            long rows = (long) (cpus * ControlLayout.ROW_SIZE + page - 1) / page * page;
            Mapping counterMemory = Mapping.of(object.map("counters"), 0, rows, false);
            PerCpuCounters counters = new PerCpuCounters(counterMemory.buffer(), ControlLayout.ROW_SIZE, cpus);
            Control control = new Control(controlMemory.buffer());
            control.switchTo(Mitigation.STASH);
            control.filters(0);
            control.stash(settings.stashEntries(), settings.stashSlots(), settings.taskStorage());
            object.attach("thread_exit");
            try (KernelFileSystem tracefs = KernelFileSystem.tracefs()) {
                object.attach(
                        "enter_opens", PerfEvent.ofTracepoint(tracefs.tracepoint("syscalls", "sys_enter_openat")));
            }
            control.active(true);
            // cat makes several opens in one thread: each makes the earlier entry stale, and the thread's end reclaims
            // the last. The long path needs both stashes.
            Commands.run("cat", "/etc/hostname");
            Commands.run("sh", "-c", "cat /" + "x".repeat(2000) + " || true");
            object.detach();

            long reclaimed = counters.sum(ControlLayout.RECLAIMED);
            long stale = counters.sum(ControlLayout.STALE);
            assertThat(reclaimed).isGreaterThanOrEqualTo(2);
            assertThat(stale).isPositive();
            assertThat(counters.sum(ControlLayout.TAKES)).isZero();
            // Threads of this JVM and of others may sit in the stash until they end.
            long live = control.stashed();
            assertThat(counters.sum(ControlLayout.PUTS)).isEqualTo(reclaimed + stale + live);
            controlMemory.unmap();
            counterMemory.unmap();
        }
    }
}
