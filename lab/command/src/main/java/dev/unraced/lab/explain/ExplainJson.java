// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.explain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.explorer.Timeline;
import dev.unraced.explorer.TimelineRow;
import dev.unraced.explorer.attack.AttackReport;
import dev.unraced.explorer.attack.AttackReport.Row;
import dev.unraced.explorer.attack.Mode;
import dev.unraced.explorer.attack.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** Attacks for programs; {@code docs/reference/commands.md} describes the format. */
public final class ExplainJson {
    private final JsonGenerator json;

    private ExplainJson(JsonGenerator json) {
        this.json = json;
    }

    private interface Content {
        void write(ExplainJson json) throws IOException;
    }

    /** Returns all attacks, as one object on one line. */
    public static String of(List<AttackReport> reports) {
        return object(writer -> {
            writer.json.writeArrayFieldStart("attacks");
            for (AttackReport report : reports) {
                writer.json.writeStartObject();
                writer.report(report);
                writer.json.writeEndObject();
            }
            writer.json.writeEndArray();
        });
    }

    /** Returns one attack and one of its executions. */
    public static String of(AttackReport report, Mode mode, Timeline timeline) {
        return object(writer -> {
            writer.report(report);
            writer.execution(report.row(mode), timeline);
        });
    }

    private static String object(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            content.write(new ExplainJson(json));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private void report(AttackReport report) throws IOException {
        json.writeStringField("name", report.attack().name());
        json.writeStringField("title", report.attack().title());
        json.writeStringField("story", report.attack().story());
        json.writeNumberField("interleavings", report.interleavings().count());
        json.writeBooleanField("interleavings_exact", report.interleavings().exact());
        json.writeArrayFieldStart("modes");
        for (Row row : report.rows()) {
            json.writeStartObject();
            json.writeStringField("mode", row.mode().label());
            json.writeNumberField("executions", row.executions());
            for (Verdict verdict : Verdict.values()) {
                json.writeNumberField(verdict.name().toLowerCase(Locale.ROOT), row.count(verdict));
            }
            json.writeStringField("worst", row.worst().name());
            json.writeStringField("example", row.example().toString());
            json.writeStringField("says", report.says(row.mode()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void execution(Row row, Timeline timeline) throws IOException {
        json.writeObjectFieldStart("execution");
        json.writeStringField("mode", row.mode().label());
        json.writeStringField("verdict", row.worst().name());
        json.writeArrayFieldStart("steps");
        for (TimelineRow step : timeline.rows()) {
            json.writeStartObject();
            json.writeStringField("thread", timeline.threads().get(step.thread()));
            json.writeStringField("kind", step.kind().name());
            json.writeStringField("text", step.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
