// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.conformance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.conformance.ConformanceReport;
import dev.unraced.conformance.Races;
import dev.unraced.conformance.RuleResult;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.spec.RuleNumber;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** The report for programs; {@code docs/reference/commands.md} describes the format. */
public final class JsonReport {
    private JsonReport() {}

    /**
     * Returns the results of the rules, as one object on one line.
     *
     * @param kernel the release of the kernel on which the rules were judged
     * @param isComplete whether each rule that was asked for was judged, since no signal stopped the run
     */
    public static String of(ConformanceReport report, String kernel, boolean isComplete) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            write(json, report, kernel, isComplete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, ConformanceReport report, String kernel, boolean isComplete)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("driver", report.driver());
        json.writeStringField("kernel", kernel);
        json.writeBooleanField("conformant", report.isConformant());
        json.writeBooleanField("complete", isComplete);
        for (Status status : Status.values()) {
            json.writeNumberField(status.name().toLowerCase(Locale.ROOT), report.count(status));
        }
        json.writeArrayFieldStart("rules");
        for (RuleResult result : report.results()) {
            json.writeStartObject();
            json.writeStringField(
                    "number", result.number().map(RuleNumber::toString).orElse(null));
            json.writeStringField("chapter", result.chapter().orElse(null));
            json.writeStringField("group", result.group());
            json.writeStringField("rule", result.rule());
            json.writeStringField("status", result.status().name());
            json.writeStringField(
                    "broken", result.broken().map(RuleNumber::toString).orElse(null));
            json.writeStringField("reason", result.reason());
            json.writeNumberField("events", result.evidence());
            Races races = result.races().orElse(Races.NONE);
            json.writeBooleanField("stochastic", result.races().isPresent());
            json.writeNumberField("rounds", races.rounds());
            json.writeNumberField("won", races.won());
            json.writeNumberField("seconds", result.took().toMillis() / 1e3);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
