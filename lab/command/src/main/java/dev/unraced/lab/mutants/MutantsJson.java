// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.mutants;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.conformance.mutant.MutantReport;
import dev.unraced.conformance.mutant.MutantResult;
import dev.unraced.conformance.spec.RuleNumber;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;

/** The results of the mutants, for programs; {@code docs/reference/commands.md} describes the format. */
public final class MutantsJson {
    private MutantsJson() {}

    /** Returns one object on one line. */
    public static String of(MutantReport report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            write(json, report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, MutantReport report) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("complete", report.isComplete());
        json.writeArrayFieldStart("mutants");
        for (MutantResult result : report.results()) {
            json.writeStartObject();
            json.writeStringField("name", result.mutant().name());
            json.writeStringField("what", result.mutant().what());
            numbers(json, "breaks", result.expected());
            numbers(json, "failed", result.failed());
            json.writeStringField("verdict", result.verdict().name());
            json.writeStringField("reason", result.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        numbers(json, "unproven", report.unproven());
        json.writeEndObject();
    }

    private static void numbers(JsonGenerator json, String key, Collection<RuleNumber> numbers) throws IOException {
        json.writeArrayFieldStart(key);
        for (RuleNumber number : numbers) {
            json.writeString(number.toString());
        }
        json.writeEndArray();
    }
}
