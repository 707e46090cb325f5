// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.unraced.explorer.attack.AttackReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One page of HTML that is complete in itself: no script, no file, no network. It has sections for conformance,
 * attacks, costs and timelines, each if there is data for it. Not thread-safe.
 */
public final class ReportPage {
    private final List<ConformanceSection> judged = new ArrayList<>();
    private final List<MutantSection> mutated = new ArrayList<>();
    private final List<AttackSection> attacked = new ArrayList<>();
    private final List<BenchmarkSection> measured = new ArrayList<>();
    private final List<AttackTimelineModel> told = new ArrayList<>();

    /**
     * Adds the output of {@code conformance --json}, {@code attack --json}, {@code bench} or one of its parts with
     * {@code --json}, or several of these one after the other.
     *
     * @throws ReportFormatException when the text is none of these
     */
    public ReportPage add(String json) {
        List<JsonNode> values = values(json);
        if (values.isEmpty()) {
            throw new ReportFormatException("is empty");
        }
        values.forEach(this::add);
        return this;
    }

    private static List<JsonNode> values(String json) {
        try (MappingIterator<JsonNode> values =
                new ObjectMapper().readerFor(JsonNode.class).readValues(json)) {
            return values.readAll();
        } catch (JsonProcessingException e) {
            throw new ReportFormatException("is no JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(JsonNode value) {
        Fields fields = Fields.of(value, "it");
        if (fields.has("rules")) {
            judged.add(ConformanceSection.of(fields));
        } else if (fields.has("mutants")) {
            mutated.add(MutantSection.of(fields));
        } else if (fields.has("results")) {
            attacked.add(AttackSection.of(fields));
        } else if (fields.has("tables")) {
            measured.add(BenchmarkSection.of(fields, "costs-" + measured.size()));
        } else {
            throw new ReportFormatException(
                    "is not what conformance, attack or bench print with --json, or bench writes to bench.json");
        }
    }

    /** Adds attacks on the simulated kernel, each with one of its executions step by step. */
    public ReportPage timelines(List<AttackReport> reports) {
        reports.forEach(report -> told.add(AttackTimelineModel.of(report)));
        return this;
    }

    /**
     * Returns the page.
     *
     * @param made the time that the page shows in its head
     */
    public String html(Instant made) {
        return Templates.render("page", new Page(this, made));
    }

    /**
     * The outcome of a part of the page.
     *
     * @param word the name of its style
     */
    record Verdict(String word, String text) {}

    /** The values that the template uses. */
    static final class Page {
        private final ReportPage page;
        private final Instant made;

        Page(ReportPage page, Instant made) {
            this.page = page;
            this.made = made;
        }

        /** Returns no matrix or a single one, for a section of the template that may be left out. */
        List<Matrix> matrix() {
            return page.judged.isEmpty() ? List.of() : List.of(Matrix.of(page.judged));
        }

        /** Returns what the page comes to: on the rules, and on the attacks. */
        List<Verdict> verdicts() {
            List<Verdict> verdicts = new ArrayList<>();
            if (!page.judged.isEmpty()) {
                long broken = page.judged.stream()
                        .mapToLong(ConformanceSection::failed)
                        .sum();
                verdicts.add(
                        broken == 0
                                ? new Verdict("kept", "No rule is broken.")
                                : new Verdict(
                                        "broken", broken + (broken == 1 ? " rule is" : " rules are") + " broken."));
            }
            if (!page.attacked.isEmpty()) {
                long deceived = page.attacked.stream()
                        .mapToLong(AttackSection::deceived)
                        .sum();
                verdicts.add(
                        deceived == 0
                                ? new Verdict("kept", "No attack deceived an event without a mark.")
                                : new Verdict(
                                        "broken",
                                        deceived + (deceived == 1 ? " attack" : " attacks")
                                                + " deceived an event without a mark."));
            }
            return verdicts;
        }

        /** Returns what was looked at: version, drivers with their kernels, and machines, each once. */
        Set<String> facts() {
            Set<String> facts = new LinkedHashSet<>();
            String version = ReportPage.class.getPackage().getImplementationVersion();
            if (version != null) {
                facts.add("Unraced " + version);
            }
            page.judged.forEach(judged -> facts.add(judged.driver() + " on " + judged.kernel()));
            page.attacked.forEach(attacked -> facts.add(
                    attacked.driver() + " on " + attacked.kernel() + ", " + attacked.processors() + " processors"));
            page.measured.forEach(measured -> facts.add(measured.machine()));
            return facts;
        }

        boolean hasMutants() {
            return !page.mutated.isEmpty();
        }

        List<MutantSection> mutated() {
            return page.mutated;
        }

        boolean hasAttacks() {
            return !page.attacked.isEmpty();
        }

        List<AttackSection> attacked() {
            return page.attacked;
        }

        boolean hasCosts() {
            return !page.measured.isEmpty();
        }

        List<BenchmarkSection> measured() {
            return page.measured;
        }

        boolean hasTimelines() {
            return !page.told.isEmpty();
        }

        List<AttackTimelineModel> told() {
            return page.told;
        }

        String made() {
            return made.truncatedTo(ChronoUnit.MINUTES).toString();
        }
    }
}
