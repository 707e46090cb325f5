// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.conformance.spec.Violation;
import java.time.Duration;
import java.util.Optional;

/**
 * The result of one rule.
 *
 * @param group the class of rules
 * @param rule the rule's number and sentence
 * @param status whether the rule was kept
 * @param reason why it was not kept or not run; empty when it was kept
 * @param took the time that the rule ran
 * @param evidence number of events of the kit's own calls that the rule looked at; 0 unless it was kept
 * @param races how often the attacker won, of a rule that depends on luck; empty for any other rule
 * @param violated the rule that the test's failure is about, which may be another one; empty when it names none
 */
public record RuleResult(
        String group,
        String rule,
        Status status,
        String reason,
        Duration took,
        long evidence,
        Optional<Races> races,
        Optional<RuleNumber> violated) {

    /** Makes a result that took no time, looked at no event, has no race, and names no violated rule. */
    public RuleResult(String group, String rule, Status status, String reason) {
        this(group, rule, status, reason, Duration.ZERO, 0, Optional.empty(), Optional.empty());
    }

    /** Returns the rule's number; empty when the result is about a whole group. */
    public Optional<RuleNumber> number() {
        return RuleNumber.in(rule);
    }

    /** Returns the heading of the rule's chapter of the specification; empty when the result is about a whole group. */
    public Optional<String> chapter() {
        return number().map(number -> Chapter.heading(number.chapter()));
    }

    /**
     * Returns the rule that is broken. This is the rule of the {@link Violation} that ended the test, else the test's
     * own rule. A test may come upon a breach of another rule, such as accounts that do not balance. A test ends with
     * the first breach that it finds. Empty when nothing is broken, or a whole group is.
     */
    public Optional<RuleNumber> broken() {
        return status == Status.BROKEN ? violated.or(this::number) : Optional.empty();
    }

    /** The possible results of a rule. */
    public enum Status {
        /** The rule is kept. */
        KEPT,
        /** The driver declares that it cannot keep the rule, or cannot run at all. */
        SKIPPED,
        /** The rule is about something that the driver does not have, without lacking a capability. */
        NOT_APPLICABLE,
        /**
         * The rule could not be put to the test here: a race was never won, the machine forbids an attack, or no event
         * came.
         */
        NOT_PLAYED,
        /** The rule is broken, or was skipped without a declaration. */
        BROKEN,
        /** The kit's own part failed: its actor, or its load. Nothing is said of the rule. */
        ERROR
    }
}
