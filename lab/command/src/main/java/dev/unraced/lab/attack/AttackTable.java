// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.attack;

import dev.unraced.conformance.attack.Attack;
import dev.unraced.conformance.attack.AttackCounts;
import dev.unraced.conformance.attack.AttackResult;
import dev.unraced.conformance.attack.AttackResult.Status;
import dev.unraced.event.Mitigation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results of attacks, for people. */
public final class AttackTable {
    private static final List<String> HEADINGS = List.of(
            "attack",
            "mode",
            "calls",
            "correct",
            "wrong",
            "flagged",
            "false MATCH",
            "wrong object",
            "marked",
            "won",
            "MATCH",
            "CHANGED");
    private static final int TEXT_COLUMNS = 2;

    private AttackTable() {}

    /** Returns a list of the attacks. */
    public static String list(List<Attack> attacks) {
        int width = attacks.stream()
                .mapToInt(attack -> attack.name().length())
                .max()
                .orElse(0);
        return attacks.stream()
                .map(attack -> String.format(Locale.ROOT, "%-" + width + "s  %s%n", attack.name(), attack.title()))
                .collect(Collectors.joining());
    }

    /** Returns a table for a terminal. */
    public static String text(AttackedPlace place, List<AttackResult> results) {
        List<List<String>> rows = rows(results);
        int[] widths = new int[HEADINGS.size()];
        Stream.concat(Stream.of(HEADINGS), rows.stream()).forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder(place + "\n\n");
        Stream.concat(Stream.of(HEADINGS), rows.stream()).forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                String sign = i < TEXT_COLUMNS ? "-" : "";
                text.append(String.format(Locale.ROOT, (i == 0 ? "%" : "  %") + sign + widths[i] + "s", row.get(i)));
            }
            text.append('\n');
        });
        return text.append('\n').append(rest(results, "")).toString();
    }

    /** Returns a table for a document. */
    public static String markdown(AttackedPlace place, List<AttackResult> results) {
        StringBuilder text = new StringBuilder(place + "\n\n");
        text.append("| ").append(String.join(" | ", HEADINGS)).append(" |\n");
        text.append("|---|---")
                .append("|--:".repeat(HEADINGS.size() - TEXT_COLUMNS))
                .append("|\n");
        for (List<String> row : rows(results)) {
            text.append("| ").append(String.join(" | ", row)).append(" |\n");
        }
        return text.append('\n').append(rest(results, "- ")).toString();
    }

    private static List<List<String>> rows(List<AttackResult> results) {
        return Stream.concat(results.stream().filter(AttackTable::ran).map(AttackTable::row), sums(results))
                .toList();
    }

    /** Returns a sum for each mode of the races for arguments, where there are several. */
    private static Stream<List<String>> sums(List<AttackResult> results) {
        return Stream.of(Mitigation.values())
                .flatMap(mode -> Stream.of(
                        sum("all raced opens", results, mode, attack -> !attack.isConnect()),
                        sum("all raced connects", results, mode, Attack::isConnect)))
                .flatMap(Optional::stream);
    }

    private static Optional<List<String>> sum(
            String name, List<AttackResult> results, Mitigation mode, Predicate<Attack> wanted) {
        List<AttackResult> races = results.stream()
                .filter(result -> ran(result)
                        && result.mode() == mode
                        && result.attack().isRace()
                        && result.attack().rule() == null
                        && wanted.test(result.attack()))
                .toList();
        return races.size() < 2
                ? Optional.empty()
                : Optional.of(row(
                        name,
                        mode,
                        races.stream().map(AttackResult::counts).reduce(AttackCounts.NONE, AttackCounts::plus)));
    }

    private static boolean ran(AttackResult result) {
        return result.isPlayed() || result.status() == Status.NEVER_WON;
    }

    private static List<String> row(AttackResult result) {
        return row(result.attack().name(), result.mode(), result.counts());
    }

    private static List<String> row(String name, Mitigation mode, AttackCounts counts) {
        return Stream.concat(
                        Stream.of(name, mode(mode)),
                        Stream.of(
                                        counts.attempts(),
                                        counts.correct(),
                                        counts.wrong(),
                                        counts.flagged(),
                                        counts.falseMatches(),
                                        counts.wrongObjects(),
                                        counts.marked(),
                                        counts.won(),
                                        counts.matched(),
                                        counts.changed())
                                .map(count -> count < 0 ? "-" : String.valueOf(count)))
                .toList();
    }

    /** Returns the attacks that did not run, by reason, and those that broke a rule. */
    private static String rest(List<AttackResult> results, String bullet) {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        for (AttackResult result : results) {
            if (result.status() != Status.HELD) {
                reasons.computeIfAbsent(heading(result), reason -> new ArrayList<>())
                        .add(result.attack().name() + " " + mode(result.mode()));
            }
        }
        return reasons.entrySet().stream()
                .map(entry -> bullet + entry.getKey() + ": " + String.join(", ", entry.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    private static String heading(AttackResult result) {
        return switch (result.status()) {
            case NOT_DECLARED -> "not played: not declared by the driver (" + result.reason() + ")";
            case IMPOSSIBLE -> "not played: not possible here (" + result.reason() + ")";
            case NEVER_WON -> "not played: never won (" + result.reason() + ")";
            case ERROR -> "not played: the kit's own part failed (" + result.reason() + ")";
            case HELD, BROKEN -> "BROKEN (" + result.reason() + ")";
        };
    }

    private static String mode(Mitigation mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
