// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.attack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.conformance.attack.AttackCounts;
import dev.unraced.conformance.attack.AttackResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** The results of attacks, for programs; {@code docs/reference/commands.md} describes the format. */
public final class AttackJson {
    private AttackJson() {}

    /** Returns one object on one line. */
    public static String of(AttackedPlace place, List<AttackResult> results) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("driver", place.driver());
            json.writeStringField("kernel", place.kernel());
            json.writeNumberField("processors", place.processors());
            json.writeArrayFieldStart("results");
            for (AttackResult result : results) {
                write(json, result);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, AttackResult result) throws IOException {
        AttackCounts counts = result.counts();
        json.writeStartObject();
        json.writeStringField("attack", result.attack().name());
        json.writeStringField("family", result.attack().family());
        json.writeStringField("rule", result.attack().rule());
        json.writeStringField("title", result.attack().title());
        json.writeBooleanField("race", result.attack().isRace());
        json.writeStringField("mitigation", result.mode().name());
        json.writeStringField("status", result.status().name());
        json.writeStringField("reason", result.reason());
        json.writeNumberField("attempts", counts.attempts());
        json.writeNumberField("correct", counts.correct());
        json.writeNumberField("wrong", counts.wrong());
        json.writeNumberField("flagged", counts.flagged());
        json.writeNumberField("silent", counts.silent());
        json.writeNumberField("false_matches", counts.falseMatches());
        json.writeNumberField("wrong_objects", counts.wrongObjects());
        json.writeNumberField("lies", counts.lies());
        json.writeNumberField("marked", counts.marked());
        if (counts.won() < 0) {
            json.writeNullField("won");
        } else {
            json.writeNumberField("won", counts.won());
        }
        json.writeNumberField("matched", counts.matched());
        json.writeNumberField("changed", counts.changed());
        json.writeNumberField("differs", counts.differs());
        json.writeEndObject();
    }
}
