// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.documents;

import dev.unraced.event.ProcessView;
import dev.unraced.format.EventFields;
import dev.unraced.format.JsonField;
import dev.unraced.format.JsonType;
import dev.unraced.format.ProcessFields;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of fields as {@code docs/reference/events.md} has them, made from the description in the code. */
final class FieldTables {
    private FieldTables() {}

    /** Returns the rows of all tables, in the order of the page. */
    static List<String> all() {
        return Stream.of(
                        rows("", EventFields.CALL),
                        rows("", EventFields.OPEN),
                        rows("", EventFields.CONNECT),
                        rows("", EventFields.ADDRESS.fields()),
                        processEvents(),
                        rows("", ProcessFields.OF_CALL),
                        rows("", ProcessFields.CONTAINER.fields()))
                .flatMap(List::stream)
                .toList();
    }

    /** Returns the rows of fields, each followed by those of the objects that it holds. */
    private static List<String> rows(String prefix, List<JsonField> fields) {
        return fields.stream()
                .flatMap(field -> Stream.concat(Stream.of(row(prefix, field, "")), nested(prefix, field)))
                .toList();
    }

    private static Stream<String> nested(String prefix, JsonField field) {
        JsonType type =
                field.type().element() == null ? field.type() : field.type().element();
        return type.hasTable() ? Stream.of() : rows(prefix + field.names().get(0) + '.', type.fields()).stream();
    }

    /** Returns the rows of process events. The table of calls has the fields of {@code process}. */
    private static List<String> processEvents() {
        return ProcessFields.EVENT.stream()
                .flatMap(field -> Stream.concat(
                        Stream.of(row("", field, events(field) + " | ")),
                        field.names().contains("process") || field.type().hasTable()
                                ? Stream.of()
                                : field.type().fields().stream()
                                        .map(inner -> row(field.names().get(0) + '.', inner, events(field) + " | "))))
                .toList();
    }

    private static String events(JsonField field) {
        return Stream.of(ProcessView.Type.values())
                .filter(field.of()::contains)
                .map(Enum::name)
                .collect(Collectors.joining(", "));
    }

    private static String row(String prefix, JsonField field, String events) {
        String names =
                field.names().stream().map(name -> '`' + prefix + name + '`').collect(Collectors.joining(", "));
        String type = name(field.type()) + (field.isNullable() ? " or null" : "");
        return "| " + names + " | " + type + (field.isOptional() ? ", or absent" : "") + " | " + events
                + field.meaning() + " |";
    }

    private static String name(JsonType type) {
        return switch (type.kind()) {
            case NUMBER, COUNT -> "number";
            case TEXT, WORD, TIME -> "string";
            case BOOLEAN -> "boolean";
            case OBJECT -> type.hasTable() ? type.name() : "object";
            case MAP -> "object of strings";
            case ARRAY -> "array of " + name(type.element()) + 's';
        };
    }
}
