// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.linux.Errno;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.sim.trace.TraceSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Mutants that are wrong about whether an argument names the object of the call. */
final class ProofMutants {
    private ProofMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying("dots-match", "believes in .. without walking", "R2.15", (task, call, record) -> {
                    if (isSnapshot(record)
                            && !record.isConnect()
                            && record.result() >= 0
                            && new String(record.argument(), StandardCharsets.ISO_8859_1).contains("..")) {
                        record.integrity(Integrity.MATCH);
                    }
                }),
                MutantFactory.lying(
                        "snapshot-matches",
                        "believes every snapshot of a call that succeeded",
                        "R2.15 R2.37 R2.38 R2.48",
                        (t, c, r) -> {
                            // R2.37 sees the same lie where a link led to the file, R2.38 where integrity is off.
                            if (isSnapshot(r) && !r.isConnect() && r.result() >= 0) {
                                r.integrity(Integrity.MATCH);
                            }
                        }),
                MutantFactory.lying(
                        "address-matches",
                        "believes every address of a connect that succeeded",
                        "R2.16 R2.38 R2.43 R2.44 R2.45",
                        (t, c, r) -> {
                            if (isSnapshot(r) && r.isConnect() && r.result() == 0) {
                                r.integrity(Integrity.MATCH);
                            }
                        }),
                MutantFactory.lying(
                        "no-family-unsaid",
                        "compares no address whose family is none",
                        "R2.16",
                        (task, call, record) -> {
                            if (record.isConnect() && namesNoPeer(record.argument())) {
                                record.integrity(Integrity.UNCHECKED);
                            }
                        }),
                MutantFactory.lying(
                        "ignored-matches",
                        "takes the kernel's copy of an address for what it connected to",
                        "R2.16",
                        (task, call, record) -> {
                            if (record.isConnect()
                                    && record.result() == 0
                                    && record.provenance() == Provenance.KERNEL
                                    && record.integrity() == Integrity.DIFFERS) {
                                record.integrity(Integrity.MATCH);
                            }
                        }),
                MutantFactory.lying(
                        "refused-matches",
                        "takes the kernel's copy of an address for what was refused",
                        "R2.16",
                        (task, call, record) -> {
                            if (record.isConnect()
                                    && record.result() == -Errno.ECONNREFUSED
                                    && record.provenance() == Provenance.KERNEL) {
                                record.integrity(Integrity.MATCH);
                            }
                        }),
                MutantFactory.lying(
                        "request-as-snapshot",
                        "takes the kernel's copy of a request for a snapshot",
                        "R2.40 R2.42 R2.46",
                        (task, call, record) -> {
                            if (call.origin() == Origin.IO_URING && record.provenance() == Provenance.KERNEL) {
                                record.provenance(Provenance.ENTER);
                            }
                        }),
                MutantFactory.unsettled(
                        "proves-anyway",
                        "compares arguments with objects though the configuration forbids it",
                        "R2.38",
                        settings -> new TraceSettings(
                                settings.mitigation(),
                                true,
                                settings.enterEvents(),
                                settings.processEvents(),
                                settings.syscalls(),
                                settings.self(),
                                settings.filters(),
                                settings.limits(),
                                settings.policy(),
                                settings.stashEntries(),
                                settings.stashLongPaths(),
                                settings.ringBytes())),
                MutantFactory.denying(
                        "matches-anyway",
                        "says MATCH though it says that it cannot",
                        "R2.15",
                        Integrity.MATCH,
                        "this one proves nothing"),
                MutantFactory.lying("never-sure", "never finds that a path matches", "R2.36", (task, call, record) -> {
                    if (isSnapshot(record) && !record.isConnect() && record.integrity() == Integrity.MATCH) {
                        record.integrity(Integrity.UNCHECKED);
                    }
                }),
                MutantFactory.lying(
                        "never-differs", "never finds that a path differs", "R2.37", (task, call, record) -> {
                            if (isSnapshot(record) && record.integrity() == Integrity.DIFFERS) {
                                record.integrity(Integrity.UNCHECKED);
                            }
                        }));
    }

    private static boolean namesNoPeer(byte[] address) {
        return address.length >= Short.BYTES && (address[0] == Sockaddr.AF_UNSPEC || address[1] != 0);
    }

    private static boolean isSnapshot(RecordEdit record) {
        return record.mitigation() == Mitigation.STASH && record.provenance() == Provenance.ENTER;
    }
}
