// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.mutant;

import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.conformance.subject.DriverUnderTest;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A driver that is broken on purpose, to test the kit.
 *
 * @param name the short name, unique in its catalogue
 * @param what the defect, in one sentence
 * @param rules the numbers of the rules that it breaks, such as {@code R4.1}, and no others
 * @param make makes the driver, with its actor and the shortest patience that works
 */
public record Mutant(String name, String what, Set<String> rules, Supplier<DriverUnderTest> make) {

    /**
     * Makes a mutant.
     *
     * @throws IllegalArgumentException when it breaks no rule, or a rule's number is malformed
     */
    public Mutant {
        rules = Set.copyOf(rules);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("mutant " + name + " breaks nothing");
        }
        rules.forEach(RuleNumber::of);
    }
}
