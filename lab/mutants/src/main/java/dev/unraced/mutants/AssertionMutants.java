// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.RecordLayout;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.sim.fs.Mount;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.trace.Precaution;
import dev.unraced.sim.trace.Seams;
import java.util.List;

/** Mutants whose events assert what nothing proves. */
final class AssertionMutants {
    private static final int MANY_MOUNTS = 100;

    private AssertionMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "swapped-silently",
                        "does not say that another file than the opened one may be behind the descriptor",
                        "R2.41",
                        (task, call, record) -> {
                            if (isAnotherFile(call, record)) {
                                record.clear(EventFlag.FD_TABLE_SHARED);
                            }
                        }),
                MutantFactory.lying(
                        "unseen-is-unshared",
                        "says of a call whose entry it missed that no other task shared the table then",
                        "R2.41",
                        (task, call, record) -> {
                            if (record.has(EventFlag.ENTER_MISSED) && isAnotherFile(call, record)) {
                                record.clear(EventFlag.FD_TABLE_SHARED);
                            }
                        }),
                MutantFactory.lying(
                        "failure-is-nowhere",
                        "does not ask in which mount namespace the path of a request that failed was looked up",
                        "R2.46",
                        (task, call, record) -> {
                            if (record.result() < 0) {
                                record.clear(EventFlag.FOREIGN_MOUNT_NS);
                            }
                        }),
                MutantFactory.lying(
                        "marks-everything",
                        "says of every socket that somebody else may have connected it",
                        "R2.41",
                        (task, call, record) -> {
                            if (record.has(EventFlag.HAS_SOCKET)) {
                                record.set(EventFlag.SOCKET_SHARED);
                            }
                        }),
                careless(
                        "file-after-the-batch",
                        "looks for the file of a request when its whole batch ran",
                        "R2.42",
                        Precaution.BATCHES),
                careless(
                        "forgets-overlaps",
                        "does not know that two connects of a socket overlap",
                        "R2.43",
                        Precaution.OVERLAPS),
                MutantFactory.lying(
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
                MutantFactory.lying(
                        "replaced-is-changed",
                        "takes the block of socketcall for changed when another file is behind its descriptor",
                        "R2.29",
                        (task, call, record) -> {
                            if (call.block() != 0
                                    && task.descriptor(record.small(RecordLayout.CONNECT_FD)) != call.file()) {
                                record.howIntegrity(Integrity.CHANGED);
                            }
                        }),
                careless(
                        "any-namespace",
                        "does not ask in which mount namespace a path was looked up",
                        "R2.46",
                        Precaution.NAMESPACES),
                careless("walks-once", "reads the way to a file once", "R2.47", Precaution.SECOND_WALKS),
                MutantFactory.lying(
                        "no-file-under-mounts",
                        "gives up a file, not only its proof, when there are many mounts on the way to it",
                        "R2.48",
                        (task, call, record) -> {
                            if (record.has(EventFlag.HAS_FILE) && mounts(call) > MANY_MOUNTS) {
                                FailureMutants.clearFile(record);
                            }
                        }),
                MutantFactory.lying(
                        "proof-without-search",
                        "takes a path for proven where there are too many mounts to search",
                        "R2.48",
                        (task, call, record) -> {
                            OpenFile file = call.file();
                            if (file != null
                                    && file.location().mount().children().size() > MANY_MOUNTS) {
                                record.integrity(Integrity.MATCH);
                            }
                        }),
                careless(
                        "port-while-held",
                        "reads the port that a socket holds, which it has no more when its peer reset the connection",
                        "R2.49",
                        Precaution.PORTS),
                careless(
                        "refused-by-signal",
                        "takes a signal and a result for the proof that a call did not run",
                        "R3.4 R3.5",
                        Precaution.ENTRY_TRACES),
                // R2.41 plays an attack whose calls run without an entry, too.
                MutantFactory.lying(
                        "missed-is-refused",
                        "says of a call whose entry it missed that it did not run",
                        "R2.41 R3.5",
                        (task, call, record) -> {
                            if (record.has(EventFlag.ENTER_MISSED) && record.has(EventFlag.HAS_FILE)) {
                                record.set(EventFlag.NOT_EXECUTED);
                                FailureMutants.clearFile(record);
                            }
                        }));
    }

    private static Mutant careless(String name, String what, String rules, Precaution careless) {
        return MutantFactory.broken(name, what, rules, () -> Seams.NONE.without(careless));
    }

    private static boolean isAnotherFile(Call call, RecordEdit record) {
        OpenFile file = call.file();
        return record.has(EventFlag.HAS_FILE)
                && file != null
                && file.inode().number() != record.number(RecordLayout.OPEN_INODE);
    }

    /** Returns the number of mounts on the way to the file of a call. */
    private static int mounts(Call call) {
        OpenFile file = call.file();
        int count = 0;
        if (file != null) {
            for (Mount mount = file.location().mount(); mount.parent() != mount; mount = mount.parent()) {
                count++;
            }
        }
        return count;
    }
}
