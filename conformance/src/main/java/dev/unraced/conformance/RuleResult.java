// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.Optional;

/**
 * What became of one rule.
 *
 * @param group the class of rules
 * @param rule number and sentence
 * @param status kept or not
 * @param reason why it was not kept or not run; empty when it was kept
 */
public record RuleResult(String group, String rule, Status status, String reason) {

    /** The rule's number; empty when the result is about a whole group. */
    public Optional<RuleNumber> number() {
        return RuleNumber.in(rule);
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
