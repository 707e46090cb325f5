// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.hunt;

import dev.unraced.event.Mitigation;
import dev.unraced.hunt.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The result of hunting under one mode.
 *
 * @param driver the driver
 * @param mode the mode
 * @param firstSeed the seed of the first program
 * @param programs the number of programs that ran; their seeds follow each other
 * @param cut the number of programs that did not end in time
 * @param missedByWitness the number of records for which the witness in the kernel had no room; empty without a witness
 * @param verdict the verdict on all events
 * @param imbalance the imbalance of the capture's accounts, in words; empty when they balance
 * @param found one lie of each kind
 */
public record HuntResult(
        String driver,
        Mitigation mode,
        long firstSeed,
        long programs,
        long cut,
        OptionalLong missedByWitness,
        Verdict verdict,
        Optional<String> imbalance,
        List<FoundLie> found) {

    /** Returns whether no event lied, and the accounts balance. */
    public boolean isHonest() {
        return verdict.lies().isEmpty() && imbalance.isEmpty();
    }
}
