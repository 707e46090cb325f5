// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import java.util.List;
import java.util.Locale;

/**
 * The output of {@code lab mutants --json}, as the template shows it.
 *
 * @param unproven the numbers of the rules that no mutant breaks
 */
record MutantSection(List<Row> mutants, String unproven) {
    /** @param reason the reason of the first failure */
    record Row(String name, String what, String breaks, String failed, String verdict, boolean caught, String reason) {}

    static MutantSection of(Fields fields) {
        return new MutantSection(
                fields.objects("mutants").stream()
                        .map(mutant -> new Row(
                                mutant.string("name"),
                                mutant.string("what"),
                                String.join(", ", mutant.strings("breaks")),
                                String.join(", ", mutant.strings("failed")),
                                mutant.string("verdict").toLowerCase(Locale.ROOT),
                                mutant.string("verdict").equals("CAUGHT"),
                                mutant.string("reason")))
                        .toList(),
                String.join(", ", fields.strings("unproven")));
    }
}
