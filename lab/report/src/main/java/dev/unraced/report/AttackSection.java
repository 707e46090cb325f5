// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The output of {@code attack --json}, as the template shows it.
 *
 * @param processors number of CPUs: attacks that need two threads at once do little on one
 * @param rows the attacks that ran, each under each mode
 * @param unrun the attacks that did not run, by reason
 */
record AttackSection(String driver, String kernel, long processors, List<Row> rows, List<Unrun> unrun) {
    /** The outcome of an attack. */
    enum Status {
        HELD(""),
        BROKEN(""),
        NOT_DECLARED("not declared by the driver: "),
        IMPOSSIBLE("not possible here: "),
        NEVER_WON("never won: "),
        ERROR("the kit's own part failed: ");

        /** The reason why an attack was not played. */
        private final String why;

        Status(String why) {
            this.why = why;
        }
    }

    /**
     * One attack under one mode.
     *
     * @param counts false MATCH, wrong object, calls, correct, wrong, flagged, MATCH, CHANGED
     * @param broken the reason, if one of the two counts that have to be zero is not; else empty
     */
    record Row(String attack, String title, String mode, List<Count> counts, String broken) {}

    /** @param bad true if the number has to be zero, and is not */
    record Count(long number, boolean bad) {}

    /** The attacks that did not run for one reason. */
    record Unrun(String reason, List<String> attacks) {
        String list() {
            return String.join(", ", attacks);
        }
    }

    /** Returns how many attacks deceived an event without a mark. */
    long deceived() {
        return rows.stream().filter(row -> !row.broken().isEmpty()).count();
    }

    boolean hasUnrun() {
        return !unrun.isEmpty();
    }

    static AttackSection of(Fields fields) {
        List<Row> rows = new ArrayList<>();
        Map<String, Unrun> unrun = new LinkedHashMap<>();
        for (Fields result : fields.objects("results")) {
            String attack = result.string("attack");
            String mode = result.string("mitigation").toLowerCase(Locale.ROOT);
            Status status = result.constant("status", Status.class);
            String reason = result.string("reason");
            if (status == Status.HELD || status == Status.BROKEN) {
                rows.add(new Row(
                        attack, result.string("title"), mode, counts(result), status == Status.BROKEN ? reason : ""));
            } else {
                String why = status.why + reason;
                unrun.computeIfAbsent(why, any -> new Unrun(why, new ArrayList<>()))
                        .attacks()
                        .add(attack + " " + mode);
            }
        }
        return new AttackSection(
                fields.string("driver"),
                fields.string("kernel"),
                fields.integer("processors"),
                rows,
                List.copyOf(unrun.values()));
    }

    private static List<Count> counts(Fields result) {
        List<Count> counts = new ArrayList<>();
        for (String key : List.of(
                "false_matches", "wrong_objects", "attempts", "correct", "wrong", "flagged", "matched", "changed")) {
            long number = result.integer(key);
            boolean hasToBeZero = key.equals("false_matches") || key.equals("wrong_objects");
            counts.add(new Count(number, hasToBeZero && number != 0));
        }
        return counts;
    }
}
