// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import dev.unraced.report.ConformanceSection.Rule;
import dev.unraced.report.ConformanceSection.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table of rules by drivers, as the template shows it.
 *
 * @param columns one for each tested driver
 * @param chapters the chapters of the specification, with the tested rules
 * @param broken the reasons for broken rules, each once for a driver
 * @param skipped the reasons for rules that were skipped, do not apply, or were not played
 * @param evidence the evidence for kept rules
 */
record Matrix(
        List<Column> columns, List<Chapter> chapters, List<Note> broken, List<Note> skipped, List<Note> evidence) {
    /** A driver on a kernel, with the number of tests by outcome. */
    record Column(String driver, String kernel, long kept, long skippedCount, long brokenCount, boolean conformant) {}

    /** The rules of one chapter. */
    record Chapter(String title, String id, List<Row> rows) {
        /** Returns the tests that some driver did not pass, broken ones first, as no part or a single one. */
        List<Part> open() {
            List<Row> open = rows.stream()
                    .filter(row -> !row.isKept())
                    .sorted(Comparator.comparing(row -> !row.isBroken()))
                    .toList();
            return open.isEmpty() ? List.of() : List.of(new Part("", open));
        }

        /** Returns the tests that every driver passed that was put to them, as no part or a single one. */
        List<Part> kept() {
            List<Row> kept = rows.stream().filter(Row::isKept).toList();
            return kept.isEmpty() ? List.of() : List.of(new Part("-kept", kept));
        }
    }

    /**
     * Some tests of a chapter.
     *
     * @param part what its heading has behind the chapter's id
     */
    record Part(String part, List<Row> rows) {
        String summary() {
            return rows.size() == 1 ? "1 test" : rows.size() + " tests";
        }
    }

    /**
     * One test.
     *
     * @param number the number of its rule; empty for a whole group
     */
    record Row(String number, String sentence, List<Cell> cells) {
        boolean isKept() {
            return cells.stream()
                    .allMatch(cell -> cell.word().isEmpty() || cell.word().equals(Status.KEPT.word()));
        }

        boolean isBroken() {
            return cells.stream()
                    .anyMatch(cell -> cell.word().equals(Status.BROKEN.word())
                            || cell.word().equals(Status.ERROR.word()));
        }
    }

    /**
     * The outcome of a test with one driver.
     *
     * @param word empty when the driver was not tested by it
     * @param note the reason, if there is one
     * @param races how often the attacker won, of a test that depends on luck; empty for any other test
     */
    record Cell(String word, @Nullable Note note, String races) {}

    /**
     * A reason.
     *
     * @param number over all notes, from 1
     * @param where driver and kernel
     * @param rules the numbers of its rules
     */
    record Note(int number, String where, String word, String reason, List<String> rules) {
        String ruleList() {
            return rules.stream().distinct().collect(Collectors.joining(", "));
        }
    }

    private record Key(String number, String group, String sentence) {}

    private record Reason(int column, Status status, String text) {}

    static Matrix of(List<ConformanceSection> drivers) {
        Map<Reason, Note> notes = notes(drivers);
        Map<String, Map<Key, Cell[]>> chapters = new TreeMap<>(Matrix::byNumber);
        for (int i = 0; i < drivers.size(); i++) {
            for (Rule rule : drivers.get(i).rules()) {
                Key key = new Key(rule.number(), rule.group(), sentence(rule));
                chapters.computeIfAbsent(rule.chapter(), title -> new TreeMap<>(Matrix::byRule))
                                .computeIfAbsent(key, any -> unjudged(drivers.size()))[i] =
                        new Cell(
                                rule.status().word(),
                                notes.get(new Reason(i, rule.status(), rule.reason())),
                                rule.races());
            }
        }
        List<Chapter> shown = new ArrayList<>();
        chapters.forEach((title, rows) -> shown.add(new Chapter(
                title.isEmpty() ? "Whole groups of rules" : title,
                "chapter-" + shown.size(),
                rows.entrySet().stream()
                        .map(row -> new Row(row.getKey().number(), row.getKey().sentence(), List.of(row.getValue())))
                        .toList())));
        return new Matrix(
                drivers.stream().map(Matrix::column).toList(),
                shown,
                of(notes, status -> status == Status.BROKEN),
                of(notes, Status::isOpen),
                of(notes, status -> status == Status.KEPT));
    }

    boolean hasBroken() {
        return !broken.isEmpty();
    }

    boolean hasSkipped() {
        return !skipped.isEmpty();
    }

    boolean hasEvidence() {
        return !evidence.isEmpty();
    }

    boolean hasNotes() {
        return hasBroken() || hasSkipped() || hasEvidence();
    }

    private static Cell[] unjudged(int drivers) {
        return IntStream.range(0, drivers).mapToObj(i -> new Cell("", null, "")).toArray(Cell[]::new);
    }

    private static Column column(ConformanceSection driver) {
        return new Column(
                driver.driver(),
                driver.kernel(),
                driver.count(Status.KEPT),
                driver.open(),
                driver.count(Status.BROKEN),
                driver.failed() == 0);
    }

    private static Map<Reason, Note> notes(List<ConformanceSection> drivers) {
        Map<Reason, Note> notes = new LinkedHashMap<>();
        // The order is that of the lists on the page.
        for (Status status : List.of(
                Status.BROKEN, Status.ERROR, Status.SKIPPED, Status.NOT_APPLICABLE, Status.NOT_PLAYED, Status.KEPT)) {
            for (int i = 0; i < drivers.size(); i++) {
                ConformanceSection driver = drivers.get(i);
                for (Rule rule : driver.rules()) {
                    if (rule.status() == status && !rule.reason().isBlank()) {
                        notes.computeIfAbsent(
                                        new Reason(i, status, rule.reason()),
                                        reason -> new Note(
                                                notes.size() + 1,
                                                driver.driver() + " on " + driver.kernel(),
                                                status.word(),
                                                rule.reason().strip(),
                                                new ArrayList<>()))
                                .rules()
                                .add(rule.number().isEmpty() ? rule.group() : rule.number());
                    }
                }
            }
        }
        return notes;
    }

    private static List<Note> of(Map<Reason, Note> notes, Predicate<Status> wanted) {
        return notes.entrySet().stream()
                .filter(note -> wanted.test(note.getKey().status()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static String sentence(Rule rule) {
        return !rule.number().isEmpty() && rule.rule().startsWith(rule.number())
                ? rule.rule().substring(rule.number().length()).strip()
                : rule.rule();
    }

    private static int byRule(Key one, Key other) {
        int byNumber = byNumber(one.number(), other.number());
        int byGroup = byNumber != 0 ? byNumber : one.group().compareTo(other.group());
        int bySentence = byGroup != 0 ? byGroup : words(one).compareTo(words(other));
        // The results of a rule at several lengths differ in a number only.
        return bySentence != 0 ? bySentence : byNumber(one.sentence(), other.sentence());
    }

    private static String words(Key key) {
        return key.sentence().replaceAll("\\d+", "#");
    }

    /** Orders R2.9 before R2.10, and "9. Order" before "10. Whole strings". */
    private static int byNumber(String one, String other) {
        List<Integer> these = numbers(one);
        List<Integer> those = numbers(other);
        for (int i = 0; i < Math.min(these.size(), those.size()); i++) {
            int order = these.get(i).compareTo(those.get(i));
            if (order != 0) {
                return order;
            }
        }
        int order = Integer.compare(these.size(), those.size());
        return order != 0 ? order : one.compareTo(other);
    }

    private static List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String digits : text.split("\\D+", -1)) {
            if (!digits.isEmpty() && digits.length() < 10) {
                numbers.add(Integer.valueOf(digits));
            }
        }
        return numbers;
    }
}
