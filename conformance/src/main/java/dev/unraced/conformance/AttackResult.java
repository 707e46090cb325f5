// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.Mitigation;

/**
 * What became of an attack under one mode.
 *
 * @param status whether it ran, and if so, whether the driver stood it
 * @param counts all zero unless it ran
 * @param reason of any status but HELD; empty then
 */
public record AttackResult(Attack attack, Mitigation mode, Status status, AttackCounts counts, String reason) {
    /** What can become of an attack. */
    public enum Status {
        /** No match was false, and no successful call had a wrong truth field. */
        HELD,
        /** One was, or a rule that holds of all calls was broken. */
        BROKEN,
        /** The driver declares that it does not see such calls, or lacks the mode. */
        NOT_DECLARED,
        /** This machine does not let the attacker do it. */
        IMPOSSIBLE,
        /** The attacker was too late in each round, so that nothing is shown. */
        NEVER_WON
    }

    /** Whether the driver was put to the test. */
    public boolean isPlayed() {
        return status == Status.HELD || status == Status.BROKEN;
    }

    static AttackResult notRun(Attack attack, Mitigation mode, Status status, String reason) {
        return new AttackResult(attack, mode, status, AttackCounts.NONE, reason);
    }

    static AttackResult broken(Attack attack, Mitigation mode, AttackCounts counts, Throwable why) {
        return new AttackResult(attack, mode, Status.BROKEN, counts, String.valueOf(why.getMessage()));
    }

    /** Judges what was counted. */
    static AttackResult of(Attack attack, Mitigation mode, AttackTally tally) {
        AttackCounts counts = tally.counts();
        String worst = tally.worst();
        if (counts.lies() != 0) {
            return new AttackResult(attack, mode, Status.BROKEN, counts, worst == null ? "" : worst);
        }
        boolean won = counts.won() != 0;
        return new AttackResult(
                attack,
                mode,
                won ? Status.HELD : Status.NEVER_WON,
                counts,
                won ? "" : "the attacker was too late in all of " + counts.attempts() + " rounds");
    }
}
