// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.spec;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.MultipleFailuresError;

/**
 * Says that a driver violates a rule, which need not be the rule that the running test is about. An assertion error of
 * another type counts for the test's own rule.
 */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;
    /** The limit of the search for a violation among causes, which may form a circle. */
    private static final int CAUSES = 20;

    private final RuleNumber rule;

    /**
     * Makes a violation.
     *
     * @param message the whole message
     */
    public Violation(RuleNumber rule, String message) {
        this(rule, message, null);
    }

    private Violation(RuleNumber rule, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.rule = rule;
    }

    /**
     * Makes a violation whose message is the rule's number and what is wrong.
     *
     * @param rule the rule's number, such as {@code R8.1}
     * @throws IllegalArgumentException when the text is no number of a rule
     */
    public static Violation of(String rule, String what) {
        return new Violation(RuleNumber.of(rule), rule + ": " + what);
    }

    /**
     * Makes one violation of several, which has the rule of the first one and the messages of all.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Violation first(List<Violation> violations) {
        if (violations.isEmpty()) {
            throw new IllegalArgumentException("no violation");
        }
        List<String> messages = violations.stream().map(Violation::getMessage).toList();
        return new Violation(violations.get(0).rule, String.join("\n", messages), violations.get(0));
    }

    /**
     * Runs assertions of a rule. A failure becomes a violation of this rule, with the failure as its cause. The
     * violation of another rule passes unchanged.
     *
     * @param rule the rule's number, such as {@code R8.1}
     * @throws Violation when an assertion fails
     * @throws IllegalArgumentException when the text is no number of a rule
     */
    public static void unless(String rule, Runnable assertions) {
        RuleNumber number = RuleNumber.of(rule);
        try {
            assertions.run();
        } catch (AssertionError e) {
            if (rule(e).isPresent()) {
                throw e;
            }
            throw new Violation(number, rule + ": " + e.getMessage(), e);
        }
    }

    /**
     * Returns the rule that an error says to be violated: the error itself, or the first violation among its causes. Of
     * several failures that were collected, the first one decides. Empty when the error names no rule.
     */
    public static Optional<RuleNumber> rule(Throwable thrown) {
        Throwable next = thrown;
        for (int i = 0; next != null && i < CAUSES; i++) {
            if (next instanceof Violation violation) {
                return Optional.of(violation.rule);
            }
            boolean isSeveral = next instanceof MultipleFailuresError several && several.hasFailures();
            next = isSeveral ? ((MultipleFailuresError) next).getFailures().get(0) : next.getCause();
        }
        return Optional.empty();
    }

    /** Returns the rule that is violated. */
    public RuleNumber rule() {
        return rule;
    }
}
