// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.ProcessView;
import java.util.List;
import java.util.Set;

/**
 * Fields of a JSON object that share a type and a meaning: a row of {@code docs/reference/events.md}.
 *
 * @param names the names
 * @param type the type of a value that is not null
 * @param isNullable whether the value can be null
 * @param isOptional whether an object can lack the field
 * @param hasHex whether a field with {@code _hex} behind its name holds the bytes of a value that is not UTF-8
 * @param group an object has all optional fields of a group or none; empty for a field without a group
 * @param of the process events that have the field; empty for all of them, and for other objects
 * @param meaning what the value tells, in Markdown
 */
public record JsonField(
        List<String> names,
        JsonType type,
        boolean isNullable,
        boolean isOptional,
        boolean hasHex,
        String group,
        Set<ProcessView.Type> of,
        String meaning) {
    /** Copies the collections. */
    public JsonField {
        names = List.copyOf(names);
        of = Set.copyOf(of);
    }

    /**
     * Returns fields that every object of their kind has.
     *
     * @param names one or more names, with a comma and a space between them
     */
    public static JsonField of(String names, JsonType type, String meaning) {
        return new JsonField(List.of(names.split(", ")), type, false, false, false, "", Set.of(), meaning);
    }

    /** Returns fields whose value is a string of bytes, which need not be UTF-8. */
    static JsonField bytes(String names, String meaning) {
        return of(names, JsonType.TEXT, meaning).orHex();
    }

    /** Returns the same fields, whose value can be null. */
    public JsonField orNull() {
        return new JsonField(names, type, true, isOptional, hasHex, group, of, meaning);
    }

    /** Returns the same fields, which an object can lack. */
    JsonField orAbsent() {
        return orAbsent("");
    }

    /** Returns the same fields, which an object has or lacks together with the others of a group. */
    JsonField orAbsent(String together) {
        return new JsonField(names, type, isNullable, true, hasHex, together, of, meaning);
    }

    /** Returns the same fields, with the bytes in hexadecimal beside them where they are not UTF-8. */
    JsonField orHex() {
        return new JsonField(names, type, isNullable, isOptional, true, group, of, meaning);
    }

    /** Returns the same fields, which only these process events have. */
    JsonField in(ProcessView.Type... events) {
        return new JsonField(names, type, isNullable, isOptional, hasHex, group, Set.of(events), meaning);
    }
}
