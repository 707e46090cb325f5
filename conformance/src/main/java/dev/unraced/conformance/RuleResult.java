// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The result of one rule.
 *
 * @param group the class of rules
 * @param rule the rule's number and sentence
 * @param status whether the rule was kept
 * @param reason why it was not kept or not run; empty when it was kept
 * @param took the time that the rule ran
 * @param evidence number of events of the kit's own calls that the rule looked at; 0 unless it was kept
 */
public record RuleResult(String group, String rule, Status status, String reason, Duration took, long evidence) {
    /** The start of the kit's assertions; AssertJ puts descriptions in brackets. */
    private static final Pattern BLAME = Pattern.compile("\\[?(R\\d{1,4}\\.\\d{1,4})(?=[]: ])");

    /** Makes a result that took no time and looked at no event. */
    public RuleResult(String group, String rule, Status status, String reason) {
        this(group, rule, status, reason, Duration.ZERO, 0);
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
     * Returns the rule that is broken. This is the rule that the reason begins with, else the test's own rule. A test
     * may come upon a breach of another rule, such as books that do not balance. A test ends with the first breach that
     * it finds. Empty when nothing is broken, or a whole group is.
     */
    public Optional<RuleNumber> broken() {
        if (status != Status.BROKEN) {
            return Optional.empty();
        }
        Matcher blame = BLAME.matcher(reason.stripLeading());
        return blame.lookingAt() ? Optional.of(RuleNumber.of(blame.group(1))) : number();
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
        BROKEN
    }
}
