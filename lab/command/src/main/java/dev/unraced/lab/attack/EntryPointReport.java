// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.attack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.conformance.entrypoint.EntryPointResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** The report on the ways into the kernel by which calls are seen. */
public final class EntryPointReport {
    private static final int CALL_WIDTH = 8;

    private EntryPointReport() {}

    /** Returns a line for each way. */
    public static String text(AttackedPlace place, List<EntryPointResult<String>> results) {
        int width = results.stream()
                .mapToInt(result -> result.entryPoint().way().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder(place + "\n\n");
        for (EntryPointResult<String> result : results) {
            text.append(String.format(
                    Locale.ROOT, "%-" + width + "s  ", result.entryPoint().way()));
            text.append(result.event().orElseGet(() -> unseen(result))).append('\n');
        }
        return text.toString();
    }

    private static String unseen(EntryPointResult<String> result) {
        String why = switch (result.status()) {
            case IMPOSSIBLE -> "not here: ";
            case NOT_DECLARED -> "not seen by this driver: ";
            case SEEN, MISSED -> "MISSED: ";
        };
        return String.format(
                Locale.ROOT,
                "%-" + CALL_WIDTH + "s%s%s",
                result.entryPoint().syscall().name().toLowerCase(Locale.ROOT),
                why,
                result.reason());
    }

    /** Returns one object on one line; {@code docs/reference/commands.md} describes the format. */
    public static String json(AttackedPlace place, List<EntryPointResult<String>> results) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("driver", place.driver());
            json.writeStringField("kernel", place.kernel());
            json.writeArrayFieldStart("entry_points");
            for (EntryPointResult<String> result : results) {
                json.writeStartObject();
                json.writeStringField("way", result.entryPoint().way());
                json.writeStringField(
                        "syscall", result.entryPoint().syscall().name().toLowerCase(Locale.ROOT));
                json.writeStringField("status", result.status().name());
                json.writeStringField("reason", result.reason());
                json.writeFieldName("event");
                json.writeRawValue(result.event().orElse("null"));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }
}
