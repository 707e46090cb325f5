// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import java.util.List;
import java.util.Locale;

/**
 * The output of {@code conformance --json} for one driver.
 *
 * @param kernel the release of the kernel on which the driver was tested
 */
record ConformanceSection(String driver, String kernel, List<Rule> rules) {
    /** The outcome of a rule's test. */
    enum Status {
        KEPT,
        SKIPPED,
        NOT_APPLICABLE,
        NOT_PLAYED,
        BROKEN,
        /** The kit's own part failed. */
        ERROR;

        /** Returns the status in print, whose first word is also the name of a style. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        /** Returns whether the rule says nothing of the driver. */
        boolean isOpen() {
            return this != KEPT && this != BROKEN;
        }
    }

    /**
     * One test of a rule.
     *
     * @param number such as R2.15; empty for a whole group
     * @param chapter the heading; empty for a whole group
     * @param rule begins with the number, if there is one
     * @param reason a reason or evidence; may be empty
     * @param races how often the attacker won, of a test that depends on luck; empty for any other test
     */
    record Rule(String number, String chapter, String group, String rule, Status status, String reason, String races) {}

    static ConformanceSection of(Fields fields) {
        return new ConformanceSection(
                fields.string("driver"),
                fields.string("kernel"),
                fields.objects("rules").stream()
                        .map(rule -> new Rule(
                                rule.stringOrEmpty("number"),
                                rule.stringOrEmpty("chapter"),
                                rule.string("group"),
                                rule.string("rule"),
                                rule.constant("status", Status.class),
                                rule.string("reason"),
                                races(rule)))
                        .toList());
    }

    private static String races(Fields rule) {
        if (rule.isNull("stochastic") || !rule.isTrue("stochastic")) {
            return "";
        }
        long rounds = rule.integer("rounds");
        return rounds == 0 ? "stochastic" : "stochastic, " + rule.integer("won") + " of " + rounds + " races won";
    }

    /** Returns the number of rules that say nothing of the driver. */
    long open() {
        return rules.stream().filter(rule -> rule.status().isOpen()).count();
    }

    /** Returns the number of rules that are broken, or in which the kit's own part failed. */
    long failed() {
        return count(Status.BROKEN) + count(Status.ERROR);
    }

    long count(Status status) {
        return rules.stream().filter(rule -> rule.status() == status).count();
    }
}
