// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.Set;
import java.util.function.Supplier;

/**
 * A driver that is broken on purpose, to test the kit.
 *
 * @param name short, unique in its catalogue
 * @param what what is wrong with it, in one sentence
 * @param rules the numbers of the rules that it breaks, such as {@code R4.1}, and no others
 * @param make makes it, with its actor and a patience as short as it allows
 */
public record Mutant(String name, String what, Set<String> rules, Supplier<DriverUnderTest> make) {

    /**
     * A mutant.
     *
     * @throws IllegalArgumentException when it breaks no rule, or one whose number is none
     */
    public Mutant {
        rules = Set.copyOf(rules);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("mutant " + name + " breaks nothing");
        }
        rules.forEach(RuleNumber::of);
    }
}
