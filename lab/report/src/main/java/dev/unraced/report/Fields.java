// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** The fields of an object; a missing one, or one of another type, is a {@link ReportFormatException} that names it. */
record Fields(JsonObject object) {
    static Fields of(JsonElement element, String what) {
        if (!element.isJsonObject()) {
            throw new ReportFormatException(what + " is no JSON object");
        }
        return new Fields(element.getAsJsonObject());
    }

    boolean has(String key) {
        return object.has(key);
    }

    boolean isNull(String key) {
        return !has(key) || object.get(key).isJsonNull();
    }

    String string(String key) {
        JsonElement value = value(key);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw wrong(key, "a string");
        }
        return value.getAsString();
    }

    /** Returns the string, or an empty one if it is missing. */
    String stringOrEmpty(String key) {
        return isNull(key) ? "" : string(key);
    }

    long integer(String key) {
        try {
            return value(key).getAsLong();
        } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
            throw wrong(key, "an integer");
        }
    }

    /** Returns the number, or NaN if it is missing. */
    double numberOrNaN(String key) {
        try {
            return isNull(key) ? Double.NaN : value(key).getAsDouble();
        } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
            throw wrong(key, "a number");
        }
    }

    boolean isTrue(String key) {
        JsonElement value = value(key);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
            throw wrong(key, "true or false");
        }
        return value.getAsBoolean();
    }

    <E extends Enum<E>> E constant(String key, Class<E> type) {
        String name = string(key);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        throw new ReportFormatException("'" + key + "' is '" + name + "', which this version does not know");
    }

    List<Fields> objects(String key) {
        List<Fields> objects = new ArrayList<>();
        for (JsonElement element : array(key)) {
            objects.add(of(element, "an element of '" + key + "'"));
        }
        return objects;
    }

    List<String> strings(String key) {
        List<String> strings = new ArrayList<>();
        for (JsonElement element : array(key)) {
            if (!element.isJsonPrimitive()) {
                throw wrong(key, "an array of strings");
            }
            strings.add(element.getAsString());
        }
        return strings;
    }

    private Iterable<JsonElement> array(String key) {
        JsonElement value = value(key);
        if (!value.isJsonArray()) {
            throw wrong(key, "an array");
        }
        return value.getAsJsonArray();
    }

    private JsonElement value(String key) {
        JsonElement value = object.get(key);
        if (value == null) {
            throw new ReportFormatException("there is no '" + key + "'");
        }
        return value;
    }

    private static ReportFormatException wrong(String key, String wanted) {
        return new ReportFormatException("'" + key + "' is not " + wanted);
    }
}
