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
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks the count of calls whose kernel copy no program captured: here no program can. */
@Timeout(60)
class MissedCopiesTest {
    /** The only user whose calls are watched, so that no other calls count. */
    private static final long NOBODY = 65_534;

    private static final EbpfSettings SETTINGS = new EbpfSettings(
            LibBpf.AUTO,
            false,
            CopyChoice.NONE,
            true,
            CallHooks.AUTO,
            false,
            Mitigation.KERNEL,
            true,
            false,
            false,
            Set.of(Syscall.OPENAT),
            false,
            new EventFilters(
                    Set.of(), Set.of(NOBODY), Set.of(), Set.of(), Set.of(), List.of(), EventFilters.NONE.result()),
            RateLimits.NONE,
            1 << 16,
            false,
            64,
            64,
            false);

    @BeforeAll
    static void needTheDriver() {
        RealKernel.need();
    }

    @Test
    void aCallThatCameToItsCopyIsCounted() throws Exception {
        long itself = missed(Mitigation.KERNEL, "true");
        assertThat(missed(Mitigation.KERNEL, "exec 3</etc/hostname 4</etc/hosts"))
                .isEqualTo(itself + 2);
    }

    @Test
    void aCallWithoutASnapshotIsCountedToo() throws Exception {
        long itself = missed(Mitigation.KERNEL, false, "true");
        assertThat(itself).isPositive();
        assertThat(missed(Mitigation.KERNEL, false, "exec 3</etc/hostname 4</etc/hosts"))
                .isEqualTo(itself + 2);
    }

    @Test
    void aCallThatFailsMayHaveComeToNone() throws Exception {
        long itself = missed(Mitigation.KERNEL, "true");
        assertThat(missed(Mitigation.KERNEL, "(exec 3</nowhere) 2>&-; true")).isEqualTo(itself);
    }

    @Test
    void underAnotherModeThereIsNoCopyToMiss() throws Exception {
        assertThat(missed(Mitigation.STASH, "exec 3</etc/hostname")).isZero();
        assertThat(missed(Mitigation.OFF, "exec 3</etc/hostname")).isZero();
    }

    private static long missed(Mitigation mode, String script) throws Exception {
        return missed(mode, true, script);
    }

    private static long missed(Mitigation mode, boolean snapshots, String script) throws Exception {
        int cpus = LibBpf.libbpf_num_possible_cpus();
        int page = LibC.getpagesize();
        long rows = (long) (cpus * ControlLayout.ROW_SIZE + page - 1) / page * page;
        try (BpfObject object = BpfObject.load(SETTINGS, cpus)) {
            Mapping controlMemory = Mapping.of(object.map("control"), 0, page, true);
            Mapping counterMemory = Mapping.of(object.map("counters"), 0, rows, false);
            try (KernelFileSystem tracefs = KernelFileSystem.tracefs()) {
                Control control = new Control(controlMemory.buffer());
                new SourceFilters(object, control, SETTINGS.observeSelf()).begin(SETTINGS.filters());
                control.stash(SETTINGS.stashEntries(), SETTINGS.stashSlots(), false);
                control.syscalls(SETTINGS.syscalls());
                control.switchTo(mode);
                control.withoutSnapshots(snapshots ? 0 : KernelCopy.WITHOUT_SNAPSHOT);
                object.attach("exit_opens", PerfEvent.ofTracepoint(tracefs.tracepoint("syscalls", "sys_exit_openat")));
                object.attach(
                        "enter_opens", PerfEvent.ofTracepoint(tracefs.tracepoint("syscalls", "sys_enter_openat")));
                control.active(true);
                Commands.run("setpriv", "--reuid=" + NOBODY, "--clear-groups", "sh", "-c", script);
                object.detach();
                return new PerCpuCounters(counterMemory.buffer(), ControlLayout.ROW_SIZE, cpus)
                        .sum(ControlLayout.COPIES_MISSED);
            } finally {
                controlMemory.unmap();
                counterMemory.unmap();
            }
        }
    }
}
