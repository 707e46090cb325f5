// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What became of one rule.
 *
 * @param group the class of rules
 * @param rule number and sentence
 * @param status kept or not
 * @param reason why it was not kept or not run; empty when it was kept
 * @param took how long it ran
 */
public record RuleResult(String group, String rule, Status status, String reason, Duration took) {
    /** How assertions of the kit begin; AssertJ puts descriptions in brackets. */
    private static final Pattern BLAME = Pattern.compile("\\[?(R\\d{1,4}\\.\\d{1,4})(?=[]: ])");

    /** A result that took no time. */
    public RuleResult(String group, String rule, Status status, String reason) {
        this(group, rule, status, reason, Duration.ZERO);
    }

    /** The rule's number; empty when the result is about a whole group. */
    public Optional<RuleNumber> number() {
        return RuleNumber.in(rule);
    }

    /** The heading of the rule's chapter of the specification; empty when the result is about a whole group. */
    public Optional<String> chapter() {
        return number().map(number -> Chapter.heading(number.chapter()));
    }

    /**
     * The rule that is broken: the one that the reason begins with, since a test may come upon what another rule is
     * about, such as books that do not balance; else the one that the test is about. A test ends with the first thing
     * that it finds wrong. Empty when nothing is broken, or a whole group is.
     */
    public Optional<RuleNumber> broken() {
        if (status != Status.BROKEN) {
            return Optional.empty();
        }
        Matcher blame = BLAME.matcher(reason.stripLeading());
        return blame.lookingAt() ? Optional.of(RuleNumber.of(blame.group(1))) : number();
    }

    /** Whether a driver keeps a rule. */
    public enum Status {
        /** The rule is kept. */
        KEPT,
        /** The driver declares that it cannot keep the rule, or cannot run at all. */
        SKIPPED,
        /** The rule is broken, or was skipped without a declaration. */
        BROKEN
    }
}
