// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.spec;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number of a rule in {@code docs/spec.md}, such as R2.15.
 *
 * @param chapter the chapter of the specification, from 1
 * @param rule the number within the chapter, from 1
 */
public record RuleNumber(int chapter, int rule) implements Comparable<RuleNumber>, Serializable {
    private static final Pattern START = Pattern.compile("R(\\d{1,4})\\.(\\d{1,4})(?!\\S)");
    private static final Comparator<RuleNumber> ORDER =
            Comparator.comparingInt(RuleNumber::chapter).thenComparingInt(RuleNumber::rule);

    /** Returns the number at the start of a rule's name; empty when there is none. */
    public static Optional<RuleNumber> in(String name) {
        Matcher start = START.matcher(name);
        return start.lookingAt()
                ? Optional.of(new RuleNumber(Integer.parseInt(start.group(1)), Integer.parseInt(start.group(2))))
                : Optional.empty();
    }

    /**
     * Parses a number.
     *
     * @throws IllegalArgumentException when the text is no number of a rule
     */
    public static RuleNumber of(String text) {
        return in(text).filter(number -> number.toString().equals(text))
                .orElseThrow(() -> new IllegalArgumentException("not the number of a rule, like R2.15: " + text));
    }

    @Override
    public int compareTo(RuleNumber other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "R" + chapter + "." + rule;
    }
}
