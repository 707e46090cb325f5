// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.cli.doctor.Trial.Opened;
import dev.unraced.cli.doctor.Trial.Refused;
import dev.unraced.config.Setting;
import dev.unraced.event.Capability;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A diagnosis for programs; {@code docs/reference/commands.md} describes the format. */
public final class JsonReport {
    private final JsonGenerator json;

    private JsonReport(JsonGenerator json) {
        this.json = json;
    }

    /** Returns the whole report, as one object on one line. */
    public static String of(Diagnosis diagnosis) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            // A terminal obeys C1 controls, which JSON may hold as they are.
            json.setHighestNonEscapedChar('~');
            new JsonReport(json).write(diagnosis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private void write(Diagnosis diagnosis) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("can_run", diagnosis.canRun());
        json.writeStringField(
                "driver", diagnosis.chosen().map(DriverReport::name).orElse(null));
        json.writeArrayFieldStart("drivers");
        for (DriverReport driver : diagnosis.drivers()) {
            driver(driver);
        }
        json.writeEndArray();
        machine(diagnosis.machine());
        json.writeArrayFieldStart("settings");
        for (Setting setting : diagnosis.settings()) {
            json.writeStartObject();
            json.writeStringField("key", setting.key());
            json.writeStringField("value", setting.value());
            json.writeStringField("origin", setting.origin());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void driver(DriverReport driver) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", driver.name());
        json.writeBooleanField("available", driver.availability().isAvailable());
        if (driver.availability() instanceof Unavailable why) {
            json.writeStringField("code", why.code());
            json.writeStringField("missing", why.missing());
            json.writeStringField("remedy", why.remedy());
        } else if (driver.availability() instanceof Inconclusive why) {
            json.writeStringField("code", "INCONCLUSIVE");
            json.writeStringField("cause", why.cause());
        } else {
            json.writeStringField("code", "AVAILABLE");
        }
        trial(driver);
        json.writeObjectFieldStart("notes");
        for (Map.Entry<String, String> note : driver.notes().entrySet()) {
            json.writeStringField(note.getKey(), note.getValue());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("capabilities");
        for (Capability capability : Capabilities.all()) {
            if (driver.capabilities().has(capability)) {
                json.writeString(CapabilityNames.of(capability));
            }
        }
        json.writeEndArray();
        lacking(driver);
        json.writeEndObject();
    }

    /**
     * Writes each reason once, with all capabilities that a driver lacks for it. The reason why it is not available is
     * there already, so its code suffices.
     */
    private void lacking(DriverReport driver) throws IOException {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        for (Map.Entry<Capability, String> lack :
                driver.capabilities().lacking().entrySet()) {
            byReason.computeIfAbsent(lack.getValue(), reason -> new ArrayList<>())
                    .add(CapabilityNames.of(lack.getKey()));
        }
        json.writeArrayFieldStart("lacking");
        for (Map.Entry<String, List<String>> each : byReason.entrySet()) {
            json.writeStartObject();
            json.writeStringField(
                    "reason",
                    driver.availability() instanceof Unavailable why
                                    && Set.of(why.missing(), why.describe()).contains(each.getKey())
                            ? why.code()
                            : each.getKey());
            json.writeArrayFieldStart("capabilities");
            for (String name : each.getValue()) {
                json.writeString(name);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void trial(DriverReport driver) throws IOException {
        if (driver.trial().isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("trial");
        if (driver.trial().get() instanceof Opened opened) {
            json.writeNumberField("open_nanos", opened.duration().toNanos());
            json.writeNumberField("ring_bytes", opened.ringBytes());
            json.writeNumberField("stash_bytes", opened.stashBytes());
        } else if (driver.trial().get() instanceof Refused refused) {
            json.writeStringField("refused", refused.reason());
        }
        json.writeEndObject();
    }

    private void machine(MachineFacts machine) throws IOException {
        json.writeObjectFieldStart("machine");
        field("release", machine.release());
        json.writeStringField("machine", machine.machine());
        json.writeBooleanField("btf", machine.btf());
        field("lockdown", machine.lockdown());
        field("perf_event_paranoid", machine.perfEventParanoid());
        field("unprivileged_bpf_disabled", machine.unprivilegedBpfDisabled());
        json.writeArrayFieldStart("capabilities");
        for (ProcessCapability capability : machine.capabilities()) {
            json.writeString(capability.name());
        }
        json.writeEndArray();
        field("locked_memory_limit", machine.memoryLock());
        json.writeStringField("java", machine.java());
        json.writeEndObject();
    }

    private void field(String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(name, value.get());
        } else {
            json.writeNullField(name);
        }
    }
}
