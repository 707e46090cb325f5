// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.unraced.event.EventType;
import dev.unraced.event.ProcessView;
import dev.unraced.format.EventFields;
import dev.unraced.format.JsonField;
import dev.unraced.format.JsonType;
import dev.unraced.format.ProcessFields;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The JSON Schema of the lines that {@code --json} prints, made from the description of their fields. For one use. */
final class EventSchema {
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

    private final StringWriter text = new StringWriter();
    private final JsonGenerator json;
    /** The types of objects that fields name, and that are to be defined once. */
    private final Set<JsonType> named = new LinkedHashSet<>();

    private final Deque<JsonType> undefined = new ArrayDeque<>();

    private EventSchema() throws IOException {
        json = new JsonFactory().createGenerator(text).setPrettyPrinter(new DefaultPrettyPrinter());
    }

    /** Returns the schema, with a line feed at its end. */
    static String text() {
        try {
            return new EventSchema().write();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String write() throws IOException {
        json.writeStartObject();
        json.writeStringField("$schema", DRAFT);
        json.writeStringField("title", "A line of unraced watch --json");
        json.writeArrayFieldStart("oneOf");
        List<String> lines = new ArrayList<>(List.of("open", "connect"));
        Arrays.stream(ProcessView.Type.values()).map(EventSchema::lowerCase).forEach(lines::add);
        lines.add("summary");
        for (String line : lines) {
            json.writeStartObject();
            reference(line);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("$defs");
        calls();
        for (ProcessView.Type type : ProcessView.Type.values()) {
            processEvent(type);
        }
        line("summary", "The counts that --summary prints at the end.", Summary.FIELDS, Map.of());
        while (!undefined.isEmpty()) {
            JsonType object = undefined.remove();
            json.writeObjectFieldStart(object.name());
            object(object.fields(), Map.of());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
        json.close();
        return text.append('\n').toString();
    }

    private void calls() throws IOException {
        List<String> syscalls = EventFields.CALL.stream()
                .filter(field -> field.names().contains("syscall"))
                .flatMap(field -> field.type().values().stream())
                .toList();
        Predicate<String> isConnect = "connect"::equals;
        line(
                "open",
                "A call that opens a file: " + EventType.MERGED + " when it has returned, " + EventType.ENTER
                        + " when it enters.",
                ofCall(EventFields.OPEN),
                Map.of("syscall", syscalls.stream().filter(isConnect.negate()).toList()));
        line(
                "connect",
                "A connect: " + EventType.MERGED + " when it has returned, " + EventType.ENTER + " when it enters.",
                ofCall(EventFields.CONNECT),
                Map.of("syscall", syscalls.stream().filter(isConnect).toList()));
    }

    private void processEvent(ProcessView.Type type) throws IOException {
        line(
                lowerCase(type),
                "A process event: " + type + ".",
                ProcessFields.EVENT.stream()
                        .filter(field -> field.of().isEmpty() || field.of().contains(type))
                        .toList(),
                Map.of("type", List.of(type.name())));
    }

    /**
     * Writes the definition of a line.
     *
     * @param words the values of fields that have fewer here than elsewhere
     */
    private void line(String name, String description, List<JsonField> fields, Map<String, List<String>> words)
            throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("description", description);
        object(fields, words);
        json.writeEndObject();
    }

    private void object(List<JsonField> fields, Map<String, List<String>> words) throws IOException {
        json.writeStringField("type", "object");
        json.writeObjectFieldStart("properties");
        for (JsonField field : fields) {
            for (String name : field.names()) {
                json.writeObjectFieldStart(name);
                List<String> values = words.get(name);
                value(values == null ? field.type() : JsonType.word(values), field.isNullable());
                json.writeStringField("description", plain(field.meaning()));
                json.writeEndObject();
                if (field.hasHex()) {
                    hex(name);
                }
            }
        }
        json.writeEndObject();
        strings(
                "required",
                fields.stream()
                        .filter(field -> !field.isOptional())
                        .flatMap(field -> field.names().stream())
                        .toList());
        dependencies(fields);
        json.writeBooleanField("additionalProperties", false);
    }

    /** Writes the field beside one whose bytes need not be UTF-8. */
    private void hex(String name) throws IOException {
        json.writeObjectFieldStart(name + "_hex");
        json.writeStringField("type", "string");
        json.writeStringField("pattern", "^([0-9a-f]{2})*$");
        json.writeStringField("description", "all bytes of " + name + " in hexadecimal; only where they are not UTF-8");
        json.writeEndObject();
    }

    /** Writes which optional fields have others beside them. */
    private void dependencies(List<JsonField> fields) throws IOException {
        if (fields.stream().allMatch(field -> field.group().isEmpty() && !field.hasHex())) {
            return;
        }
        json.writeObjectFieldStart("dependentRequired");
        for (JsonField field : fields) {
            for (String name : field.names()) {
                if (!field.group().isEmpty()) {
                    strings(
                            name,
                            fields.stream()
                                    .filter(other -> other.group().equals(field.group()))
                                    .flatMap(other -> other.names().stream())
                                    .filter(other -> !other.equals(name))
                                    .toList());
                }
                if (field.hasHex()) {
                    strings(name + "_hex", List.of(name));
                }
            }
        }
        json.writeEndObject();
    }

    private void value(JsonType type, boolean isNullable) throws IOException {
        if (type.kind() == JsonType.Kind.OBJECT) {
            if (named.add(type)) {
                undefined.add(type);
            }
            if (isNullable) {
                json.writeArrayFieldStart("anyOf");
                json.writeStartObject();
                reference(type.name());
                json.writeEndObject();
                json.writeStartObject();
                json.writeStringField("type", "null");
                json.writeEndObject();
                json.writeEndArray();
            } else {
                reference(type.name());
            }
            return;
        }
        if (isNullable) {
            strings("type", List.of(nameOf(type.kind()), "null"));
        } else {
            json.writeStringField("type", nameOf(type.kind()));
        }
        switch (type.kind()) {
            case COUNT -> json.writeNumberField("minimum", 0);
            case TIME -> json.writeStringField("format", "date-time");
            case TEXT -> pattern(type);
            case WORD -> words(type);
            case MAP -> {
                json.writeObjectFieldStart("additionalProperties");
                json.writeStringField("type", "string");
                json.writeEndObject();
            }
            case ARRAY -> {
                json.writeObjectFieldStart("items");
                value(type.element(), false);
                json.writeEndObject();
            }
            default -> {
                // The type says all.
            }
        }
    }

    private void words(JsonType type) throws IOException {
        if (type.pattern().isEmpty()) {
            strings("enum", type.values());
            return;
        }
        json.writeArrayFieldStart("anyOf");
        json.writeStartObject();
        strings("enum", type.values());
        json.writeEndObject();
        json.writeStartObject();
        pattern(type);
        json.writeEndObject();
        json.writeEndArray();
    }

    private void pattern(JsonType type) throws IOException {
        if (!type.pattern().isEmpty()) {
            json.writeStringField("pattern", type.pattern());
        }
    }

    private void strings(String name, Collection<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private void reference(String name) throws IOException {
        json.writeStringField("$ref", "#/$defs/" + name);
    }

    private static String nameOf(JsonType.Kind kind) {
        return switch (kind) {
            case NUMBER, COUNT -> "integer";
            case TEXT, WORD, TIME -> "string";
            case BOOLEAN -> "boolean";
            case OBJECT, MAP -> "object";
            case ARRAY -> "array";
        };
    }

    /** Returns a text without the marks of Markdown. */
    private static String plain(String markdown) {
        return LINK.matcher(markdown).replaceAll("$1").replace("`", "").replace("*", "");
    }

    private static List<JsonField> ofCall(List<JsonField> ofItsKind) {
        return Stream.of(EventFields.CALL, ProcessFields.OF_CALL, ofItsKind)
                .flatMap(List::stream)
                .toList();
    }

    private static String lowerCase(ProcessView.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
