// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.mutants.fault.CallMemory;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.mutants.fault.Results;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mutants that are wrong about when an argument was read. */
final class MomentMutants {
    private MomentMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "edge-read-late",
                        "reads at the return what ends at the edge of memory",
                        "R2.1",
                        (task, call, record) -> {
                            if (isSnapshot(record)
                                    && !record.isConnect()
                                    && CallMemory.endsAtAnEdge(task, call, record.argument().length)) {
                                record.provenance(Provenance.EXIT);
                            }
                        }),
                // The mutant drops a match that the snapshot earned, since with other bytes it would break R2.15
                // whenever a race is won.
                MutantFactory.lying(
                        "path-at-exit", "reads a path at the return and says ENTER", "R2.2", (task, call, record) -> {
                            if (call.syscall() == Syscall.OPENAT && isSnapshot(record)) {
                                replaceUnproven(record, CallMemory.path(task, call));
                            }
                        }),
                MutantFactory.lying(
                        "address-at-exit",
                        "reads an address at the return and says ENTER",
                        "R1.12 R2.3 R2.43 R2.45",
                        (task, call, r) -> {
                            if (r.isConnect() && isSnapshot(r)) {
                                replace(r, CallMemory.address(task, call, r.argument().length));
                            }
                        }),
                MutantFactory.lying(
                        "late-path", "does not say why it read a path at the return", "R2.4", (task, call, record) -> {
                            if (call.syscall() == Syscall.OPENAT && isLate(record)) {
                                record.clear(EventFlag.FAULTED);
                            }
                        }),
                MutantFactory.lying(
                        "late-address", "does not say why it read an address late", "R2.5", (task, call, record) -> {
                            if (record.isConnect() && isLate(record)) {
                                record.clear(EventFlag.FAULTED);
                            }
                        }),
                MutantFactory.lying(
                        "kernel-copy-reread",
                        "gives out for the kernel's copy what is in memory when a connect returns",
                        "R2.17 R2.43 R2.44 R2.45",
                        MomentMutants::rereadKernelCopy),
                // R12.2 finds this mutant, too, in calls made after a switch.
                MutantFactory.lying(
                        "awaits-no-entry",
                        "misses an entry where the mode waits for none",
                        "R2.18 R12.2 R12.5 R12.8 R12.9",
                        (task, call, record) -> {
                            if (record.mitigation() == Mitigation.OFF) {
                                record.set(EventFlag.ENTER_MISSED);
                            }
                        }),
                MutantFactory.lying(
                        "failure-without-copy",
                        "drops the kernel's copy of a call that fails after it",
                        "R2.34",
                        (task, call, record) -> {
                            if (call.origin() == Origin.SYSCALL
                                    && record.provenance() == Provenance.KERNEL
                                    && record.result() == Results.ENOENT) {
                                record.provenance(Provenance.ENTER);
                                record.integrity(Integrity.UNCHECKED);
                            }
                        }),
                MutantFactory.lying(
                        "snapshot-as-copy",
                        "gives out the snapshot for the kernel's copy where there is none",
                        "R2.35",
                        (task, call, record) -> {
                            if (record.mitigation() == Mitigation.KERNEL && record.result() == Results.EBADF) {
                                record.provenance(Provenance.KERNEL);
                                record.integrity(Integrity.MATCH);
                            }
                        }));
    }

    private static void rereadKernelCopy(Task task, Call call, RecordEdit record) {
        if (record.isConnect() && record.provenance() == Provenance.KERNEL) {
            byte[] now = CallMemory.address(task, call, record.argument().length);
            if (now != null) {
                record.argument(now);
            }
        }
    }

    private static boolean isSnapshot(RecordEdit record) {
        return record.mitigation() == Mitigation.STASH && record.provenance() == Provenance.ENTER;
    }

    /** Returns whether the argument was read at the return although the entry was seen. */
    private static boolean isLate(RecordEdit record) {
        return record.mitigation() != Mitigation.OFF
                && record.provenance() == Provenance.EXIT
                && !record.has(EventFlag.ENTER_MISSED);
    }

    private static void replace(RecordEdit record, byte @Nullable [] now) {
        if (now != null && now.length == record.argument().length) {
            record.argument(now);
            if (record.integrity() == Integrity.CHANGED) {
                record.integrity(Integrity.UNCHECKED);
            }
        }
    }

    private static void replaceUnproven(RecordEdit record, byte @Nullable [] now) {
        byte[] before = record.argument();
        replace(record, now);
        if (record.integrity() == Integrity.MATCH && !Arrays.equals(before, record.argument())) {
            record.integrity(Integrity.UNCHECKED);
        }
    }
}
