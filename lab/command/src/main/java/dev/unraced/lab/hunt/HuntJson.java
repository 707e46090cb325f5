// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.hunt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The results of a hunt, for programs; {@code docs/reference/commands.md} describes the format. */
public final class HuntJson {
    private HuntJson() {}

    /** Returns one object on one line. */
    public static String of(List<HuntResult> results) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            for (HuntResult result : results) {
                write(json, result);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, HuntResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("driver", result.driver());
        json.writeStringField("mitigation", result.mode().name());
        json.writeNumberField("first_seed", result.firstSeed());
        json.writeNumberField("programs", result.programs());
        json.writeNumberField("cut", result.cut());
        json.writeNumberField("acts", result.verdict().acts());
        json.writeNumberField("judged", result.verdict().judgedActs());
        json.writeNumberField("witnessed", result.verdict().testifiedActs());
        if (result.missedByWitness().isPresent()) {
            json.writeNumberField("missed_by_witness", result.missedByWitness().getAsLong());
        } else {
            json.writeNullField("missed_by_witness");
        }
        json.writeNumberField("assertions", result.verdict().assertions());
        write(json, "excluded", result.verdict().excluded());
        write(json, "marked", result.verdict().marked());
        json.writeStringField("imbalance", result.imbalance().orElse(null));
        json.writeArrayFieldStart("lies");
        for (FoundLie found : result.found()) {
            json.writeStartObject();
            json.writeStringField("kind", found.lie().kind());
            json.writeStringField("said", found.lie().said());
            json.writeStringField("actual", found.lie().actual());
            json.writeNumberField("seed", found.seed());
            json.writeNumberField("count", found.count());
            json.writeStringField(
                    "program",
                    found.shortest().map(shortest -> shortest.program()).orElse(null));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String field, Map<String, Long> counts) throws IOException {
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, Long> entry : counts.entrySet()) {
            json.writeNumberField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }
}
