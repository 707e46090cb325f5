// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import java.util.List;

/** Mutants that are wrong about openat2's how. */
final class HowMutants {
    private static final int KNOWN_SIZE = 24;

    private HowMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "late-how", "does not say why it read a how at the return", "R2.6", (task, call, record) -> {
                            if (isHow(record)
                                    && record.mitigation() != Mitigation.OFF
                                    && record.howProvenance() == Provenance.EXIT) {
                                record.clear(EventFlag.FAULTED);
                            }
                        }),
                MutantFactory.lying(
                        "how-says-exit", "says EXIT of a how that it read at entry", "R2.11", (task, call, record) -> {
                            if (isHow(record) && record.howProvenance() == Provenance.ENTER) {
                                record.howProvenance(Provenance.EXIT);
                            }
                        }),
                MutantFactory.lying(
                        "whole-fields-only", "reads only whole fields of a how", "R2.12", (task, call, record) -> {
                            long size = record.number(RecordLayout.OPEN_HOW_SIZE);
                            if (isHow(record) && size > Long.BYTES && size < 2 * Long.BYTES) {
                                record.number(RecordLayout.OPEN_MODE, 0);
                            }
                        }),
                MutantFactory.lying(
                        "size-cut", "cuts the size of a how to what it knows", "R2.13", (task, call, record) -> {
                            if (isHow(record)) {
                                long size = record.number(RecordLayout.OPEN_HOW_SIZE);
                                record.number(RecordLayout.OPEN_HOW_SIZE, Math.min(size, KNOWN_SIZE));
                            }
                        }),
                MutantFactory.lying(
                        "zeros-as-read",
                        "says of a how that was not read that it was",
                        "R2.14",
                        (task, call, record) -> {
                            if (isHow(record) && record.howProvenance() == Provenance.NONE) {
                                record.howProvenance(Provenance.ENTER);
                            }
                        }),
                MutantFactory.lying(
                        "padding-is-change", "takes a short how for a changed one", "R2.29", (task, call, record) -> {
                            if (isHow(record) && record.number(RecordLayout.OPEN_HOW_SIZE) < KNOWN_SIZE) {
                                record.howIntegrity(Integrity.CHANGED);
                            }
                        }));
    }

    private static boolean isHow(RecordEdit record) {
        return record.syscall() == Syscall.OPENAT2;
    }
}
