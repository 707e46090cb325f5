// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The fields of an object; a missing one, or one of another type, is a {@link ReportFormatException} that names it. */
record Fields(JsonNode object) {
    static Fields of(JsonNode element, String what) {
        if (!element.isObject()) {
            throw new ReportFormatException(what + " is no JSON object");
        }
        return new Fields(element);
    }

    boolean has(String key) {
        return object.has(key);
    }

    boolean isNull(String key) {
        return !object.hasNonNull(key);
    }

    String string(String key) {
        JsonNode value = value(key);
        if (!value.isTextual()) {
            throw wrong(key, "a string");
        }
        return value.textValue();
    }

    /** Returns the string, or an empty one if it is missing. */
    String stringOrEmpty(String key) {
        return isNull(key) ? "" : string(key);
    }

    long integer(String key) {
        JsonNode value = value(key);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(key, "an integer");
        }
        return value.longValue();
    }

    /** Returns the number, or NaN if it is missing. */
    double numberOrNaN(String key) {
        if (isNull(key)) {
            return Double.NaN;
        }
        JsonNode value = value(key);
        if (!value.isNumber()) {
            throw wrong(key, "a number");
        }
        return value.doubleValue();
    }

    boolean isTrue(String key) {
        JsonNode value = value(key);
        if (!value.isBoolean()) {
            throw wrong(key, "true or false");
        }
        return value.booleanValue();
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
        for (JsonNode element : array(key)) {
            objects.add(of(element, "an element of '" + key + "'"));
        }
        return objects;
    }

    List<String> strings(String key) {
        List<String> strings = new ArrayList<>();
        for (JsonNode element : array(key)) {
            if (!element.isTextual()) {
                throw wrong(key, "an array of strings");
            }
            strings.add(element.textValue());
        }
        return strings;
    }

    private Iterable<JsonNode> array(String key) {
        JsonNode value = value(key);
        if (!value.isArray()) {
            throw wrong(key, "an array");
        }
        return value;
    }

    private JsonNode value(String key) {
        JsonNode value = object.get(key);
        if (value == null) {
            throw new ReportFormatException("there is no '" + key + "'");
        }
        return value;
    }

    private static ReportFormatException wrong(String key, String wanted) {
        return new ReportFormatException("'" + key + "' is not " + wanted);
    }
}
