// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.mutants.fault.Results;
import java.util.List;

/** Mutants that are wrong about calls that fail or never ran. */
final class FailureMutants {
    private FailureMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "no-path-on-enotdir",
                        "has no path for an open that ends at a file",
                        "R3.1",
                        (task, call, record) -> {
                            if (record.mitigation() == Mitigation.STASH && record.result() == Results.ENOTDIR) {
                                record.clearArgument();
                            }
                        }),
                MutantFactory.lying(
                        "no-path-on-einval",
                        "has no path for an openat2 that is refused at once",
                        "R3.2",
                        (task, call, r) -> {
                            if (r.syscall() == Syscall.OPENAT2 && r.result() == Results.EINVAL) {
                                r.clearArgument();
                            }
                        }),
                MutantFactory.lying(
                        "no-address-on-enotsock",
                        "has no address where there is no socket",
                        "R3.3",
                        (task, call, record) -> {
                            if (record.isConnect() && record.result() == Results.ENOTSOCK) {
                                record.clearArgument();
                            }
                        }),
                MutantFactory.lying(
                        "trapped-is-done",
                        "does not see that seccomp answered a call",
                        "R3.4",
                        (task, call, record) -> record.clear(EventFlag.NOT_EXECUTED)));
    }

    /** Edits a record as if nothing had been opened. */
    static void clearFile(RecordEdit record) {
        record.clear(EventFlag.HAS_FILE);
        record.clear(EventFlag.CREATED);
    }
}
