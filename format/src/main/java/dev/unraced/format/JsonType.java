// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type of a JSON field.
 *
 * @param kind what a value is
 * @param values the values that a word can have; empty for every other kind
 * @param pattern the regular expression of a text, or of a word that has none of the values; empty for none
 * @param name the name of an object's type; empty for every other kind
 * @param fields the fields of an object
 * @param hasTable whether the reference has a table for this object alone
 * @param element the type of an array's elements; null for every other kind
 */
public record JsonType(
        Kind kind,
        List<String> values,
        String pattern,
        String name,
        List<JsonField> fields,
        boolean hasTable,
        @Nullable JsonType element) {
    /** The kinds of values. */
    public enum Kind {
        /** An integer of 64 bits with a sign. */
        NUMBER,
        /** An integer that is not negative, of up to 64 bits. */
        COUNT,
        /** A string. */
        TEXT,
        /** One of a few strings. */
        WORD,
        /** A time of day in ISO 8601. */
        TIME,
        /** True or false. */
        BOOLEAN,
        /** An object with known fields. */
        OBJECT,
        /** An object whose fields are strings of any name. */
        MAP,
        /** A list. */
        ARRAY
    }

    public static final JsonType NUMBER = of(Kind.NUMBER);
    public static final JsonType COUNT = of(Kind.COUNT);
    public static final JsonType TEXT = of(Kind.TEXT);
    public static final JsonType TIME = of(Kind.TIME);
    public static final JsonType BOOLEAN = of(Kind.BOOLEAN);
    public static final JsonType MAP = of(Kind.MAP);

    /** Copies the lists. */
    public JsonType {
        values = List.copyOf(values);
        fields = List.copyOf(fields);
    }

    private static JsonType of(Kind kind) {
        return new JsonType(kind, List.of(), "", "", List.of(), false, null);
    }

    /** Returns the type of a string that has this form. */
    public static JsonType text(String pattern) {
        return new JsonType(Kind.TEXT, List.of(), pattern, "", List.of(), false, null);
    }

    /** Returns the type of a string that is one of these. */
    public static JsonType word(List<String> values) {
        return new JsonType(Kind.WORD, values, "", "", List.of(), false, null);
    }

    /** Returns the type of a string that is the name of a constant. */
    public static <E extends Enum<E>> JsonType word(Class<E> constants) {
        return word(Arrays.stream(constants.getEnumConstants()).map(Enum::name).toList());
    }

    /** Returns the type of a list. */
    public static JsonType array(JsonType element) {
        return new JsonType(Kind.ARRAY, List.of(), "", "", List.of(), false, element);
    }

    /** Returns the type of an object. */
    public static JsonType object(String name, List<JsonField> fields) {
        return new JsonType(Kind.OBJECT, List.of(), "", name, fields, false, null);
    }

    /** Returns the type of the same object, which has a table of its own in the reference. */
    JsonType withTable() {
        return new JsonType(kind, values, pattern, name, fields, true, element);
    }

    /** Returns the type of a string that is one of the values, or else has this form. */
    JsonType orText(String form) {
        return new JsonType(kind, values, form, name, fields, hasTable, element);
    }
}
