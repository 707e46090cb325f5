// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.sim.trace.Precaution;
import dev.unraced.sim.trace.Seams;
import java.util.List;

/** What an event asserts, though nothing shows that it is so. */
final class AssertionMutants {
    private AssertionMutants() {}

    static List<Mutant> all() {
        return List.of(
                careless(
                        "file-after-the-batch",
                        "looks for the file of a request when its whole batch ran",
                        "R2.42",
                        Precaution.BATCHES,
                        Precaution.OVERLAPS),
                careless(
                        "forgets-overlaps",
                        "does not know that two connects of a socket overlap",
                        "R2.43",
                        Precaution.OVERLAPS),
                Make.lying(
                        "overlaps-silently",
                        "finds connects that overlap, and does not say so",
                        "R2.43",
                        (task, call, record) -> record.clear(EventFlag.SOCKET_SHARED)),
                careless("ignores-scopes", "compares addresses without their scope", "R2.44", Precaution.SCOPES),
                careless(
                        "block-is-registers",
                        "takes the block of socketcall for registers",
                        "R2.45",
                        Precaution.BLOCKS),
                careless(
                        "any-namespace",
                        "does not ask in which mount namespace a path was looked up",
                        "R2.46",
                        Precaution.NAMESPACES),
                careless("walks-once", "reads the way to a file once", "R2.47", Precaution.SECOND_WALKS),
                careless(
                        "refused-by-signal",
                        "takes a signal and a result for the proof that a call did not run",
                        "R3.4 R3.5",
                        Precaution.ENTRY_TRACES),
                Make.lying(
                        "missed-is-refused",
                        "says of a call whose entry it missed that it did not run",
                        "R3.5",
                        (task, call, record) -> {
                            if (record.has(EventFlag.ENTER_MISSED) && record.has(EventFlag.HAS_FILE)) {
                                record.set(EventFlag.NOT_EXECUTED);
                                FailureMutants.forgetFile(record);
                            }
                        }));
    }

    private static Mutant careless(String name, String what, String rules, Precaution... careless) {
        return Make.broken(name, what, rules, () -> {
            Seams seams = Seams.NONE;
            for (Precaution precaution : careless) {
                seams = seams.without(precaution);
            }
            return seams;
        });
    }
}
