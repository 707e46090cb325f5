// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.hunt;

import dev.unraced.event.Mitigation;
import dev.unraced.hunt.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What hunting under one mode came to.
 *
 * @param driver the driver
 * @param mode the mode
 * @param firstSeed seed of the first program
 * @param programs how many programs ran; their seeds follow each other
 * @param cut how many of them did not come to their end in time
 * @param verdict all that was judged
 * @param imbalance in what the capture's accounts do not balance
 * @param found one lie of each kind
 */
public record HuntResult(
        String driver,
        Mitigation mode,
        long firstSeed,
        long programs,
        long cut,
        Verdict verdict,
        Optional<String> imbalance,
        List<FoundLie> found) {

    /** Whether no event lied, and the accounts balance. */
    public boolean isHonest() {
        return verdict.lies().isEmpty() && imbalance.isEmpty();
    }
}
