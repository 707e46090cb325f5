// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Mitigation;
import java.util.Optional;

/**
 * The result of an attack under one mode.
 *
 * @param status whether the attack ran, and if so, whether the driver withstood it
 * @param counts the counts; all zero unless the attack ran
 * @param reason the reason for any status but HELD; empty for HELD
 * @param violated the rule that the reason is about; empty unless the status is BROKEN
 */
public record AttackResult(
        Attack attack,
        Mitigation mode,
        Status status,
        AttackCounts counts,
        String reason,
        Optional<RuleNumber> violated) {
    /** Makes a result that is about no violation. */
    public AttackResult(Attack attack, Mitigation mode, Status status, AttackCounts counts, String reason) {
        this(attack, mode, status, counts, reason, Optional.empty());
    }

    /** The possible results of an attack. */
    public enum Status {
        /** No match was false, and no event of a successful call had a wrong object. */
        HELD,
        /** A match or an object was false, or a rule that holds for all calls was broken. */
        BROKEN,
        /** The driver declares that it does not see such calls, or lacks the mode. */
        NOT_DECLARED,
        /** This machine forbids the attack. */
        IMPOSSIBLE,
        /** The attacker was too late in each round, so the attack shows nothing. */
        NEVER_WON,
        /** The kit's own part failed, which says nothing of the driver. */
        ERROR
    }

    /** Returns whether the driver was put to the test. */
    public boolean isPlayed() {
        return status == Status.HELD || status == Status.BROKEN;
    }

    static AttackResult notRun(Attack attack, Mitigation mode, Status status, String reason) {
        return new AttackResult(attack, mode, status, AttackCounts.NONE, reason);
    }

    static AttackResult broken(Attack attack, Mitigation mode, AttackCounts counts, Throwable why) {
        String reason = String.valueOf(why.getMessage());
        return new AttackResult(attack, mode, Status.BROKEN, counts, reason, Violation.rule(why));
    }

    /** Makes the result of a tally. */
    static AttackResult of(Attack attack, Mitigation mode, AttackTally tally) {
        AttackCounts counts = tally.counts();
        Violation worst = tally.worst();
        if (worst != null) {
            return broken(attack, mode, counts, worst);
        }
        if (tally.isPointless()) {
            String reason = "none of " + counts.attempts() + " calls reached the object that it is about";
            return notRun(attack, mode, Status.IMPOSSIBLE, reason);
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
