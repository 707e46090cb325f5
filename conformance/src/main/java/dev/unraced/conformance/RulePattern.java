// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.spec.RuleNumber;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** A choice of rules by number: {@code R2.15}, {@code R2.*}, {@code R9.?}, or several with commas. Immutable. */
public final class RulePattern {
    /** The pattern of every rule. */
    public static final RulePattern ALL = new RulePattern("*");

    private final String text;
    private final List<Pattern> alternatives;

    private RulePattern(String text) {
        this.text = text;
        this.alternatives = Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .map(RulePattern::glob)
                .toList();
    }

    /** Makes a pattern in which {@code *} is any text, {@code ?} any character, and a comma an alternative. */
    public static RulePattern of(String text) {
        return new RulePattern(text);
    }

    /** Returns whether the pattern chooses a rule. */
    public boolean matches(RuleNumber number) {
        return alternatives.stream()
                .anyMatch(pattern -> pattern.matcher(number.toString()).matches());
    }

    private static Pattern glob(String text) {
        StringBuilder regex = new StringBuilder();
        text.chars()
                .forEach(c -> regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c))));
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE);
    }

    @Override
    public String toString() {
        return text;
    }
}
