// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.size;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.sizing.Advice;
import dev.unraced.sizing.Attack;
import dev.unraced.sizing.EventCounts;
import dev.unraced.sizing.ScaleResult;
import dev.unraced.sizing.ScaleScenario;
import dev.unraced.sizing.Sizing;
import dev.unraced.sizing.SizingRow;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** A sizing for programs; {@code docs/reference/commands.md} describes the format. */
public final class SizingJson {
    private final JsonGenerator json;

    private SizingJson(JsonGenerator json) {
        this.json = json;
    }

    /** Returns the whole report, as one object on one line. */
    public static String of(Sizing sizing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            new SizingJson(json).write(sizing);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private void write(Sizing sizing) throws IOException {
        json.writeStartObject();
        scenario(sizing.scenario());
        json.writeNumberField("wanted_loss", sizing.wantedLoss());
        json.writeArrayFieldStart("rows");
        for (SizingRow row : sizing.rows()) {
            json.writeStartObject();
            json.writeNumberField("latency_times", row.latencyTimes());
            result(row.result());
            json.writeNumberField("bpf_bytes", row.bpfBytes());
            json.writeNumberField("java_bytes", row.javaBytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("advice");
        for (Advice advice : sizing.advice()) {
            json.writeStartObject();
            json.writeNumberField("latency_times", advice.latencyTimes());
            json.writeBooleanField("enough", advice.enough());
            attack(advice.attack());
            result(advice.underAttack());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void scenario(ScaleScenario scenario) throws IOException {
        json.writeObjectFieldStart("scenario");
        json.writeStringField("name", scenario.name());
        json.writeNumberField("threads", scenario.threads());
        json.writeNumberField("calls_per_second", scenario.callsPerSecond());
        json.writeNumberField("mean_latency_ns", scenario.latency().meanNanos());
        json.writeNumberField("thread_lifetime_ns", scenario.churn().lifetime().toNanos());
        json.writeNumberField("killed", scenario.churn().killed());
        json.writeNumberField("reclaimed", scenario.churn().reclaimed());
        json.writeNumberField("thread_ids", scenario.churn().ids());
        json.writeNumberField("missed_enters", scenario.missedEnters());
        attack(scenario.attack());
        json.writeNumberField("duration_ns", scenario.duration().toNanos());
        json.writeNumberField("seed", scenario.seed());
        json.writeEndObject();
    }

    private void attack(Attack attack) throws IOException {
        if (!attack.isReal()) {
            json.writeNullField("attack");
            return;
        }
        json.writeObjectFieldStart("attack");
        json.writeNumberField("threads", attack.threads());
        json.writeNumberField("at_ns", attack.at().toNanos());
        json.writeNumberField("threads_per_second", attack.perSecond());
        json.writeEndObject();
    }

    private void result(ScaleResult result) throws IOException {
        json.writeStringField("policy", result.policy().name());
        json.writeNumberField("entries", result.entries());
        json.writeNumberField("calls", result.calls());
        json.writeNumberField("killed", result.killed());
        json.writeNumberField("running", result.running());
        json.writeNumberField("high_water", result.highWater());
        json.writeNumberField("mean_live", result.meanLive());
        events("events", result.events());
        events("slow", result.slow());
        events("attacked", result.attacked());
    }

    private void events(String name, EventCounts events) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("complete", events.complete());
        json.writeNumberField("refused", events.refused());
        json.writeNumberField("evicted", events.evicted());
        json.writeNumberField("missing", events.missing());
        json.writeNumberField("stale", events.stale());
        json.writeNumberField("loss", events.loss());
        json.writeEndObject();
    }
}
