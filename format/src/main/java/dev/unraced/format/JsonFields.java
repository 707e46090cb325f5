// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/** Appends the fields of nested JSON objects, separated by commas. Names are ASCII that needs no escape. */
final class JsonFields {
    private final LineBuffer out;
    private boolean follows;

    JsonFields(LineBuffer out) {
        this.out = out;
    }

    /** Returns the buffer, for a text that begins with the comma before its fields. */
    LineBuffer buffer() {
        return out;
    }

    /** Begins the outermost object. */
    JsonFields begin() {
        out.put('{');
        follows = false;
        return this;
    }

    /** Begins an object in this one. */
    JsonFields begin(String name) {
        key(name);
        return begin();
    }

    JsonFields end() {
        out.put('}');
        follows = true;
        return this;
    }

    JsonFields number(String name, long value) {
        key(name);
        out.putDecimal(value);
        return this;
    }

    /** Appends a string of characters that need no escape, such as a constant's name. */
    JsonFields word(String name, String value) {
        key(name);
        out.put('"').put(value).put('"');
        return this;
    }

    /** Appends a string of any characters. */
    JsonFields text(String name, String value) {
        key(name);
        JsonText.put(out, value);
        return this;
    }

    /** Appends a number as a string, where a schema wants one. */
    JsonFields digits(String name, long value) {
        key(name);
        out.put('"').putUnsigned(value).put('"');
        return this;
    }

    /** Appends bytes as a string; bytes that are no UTF-8 become U+FFFD. */
    JsonFields bytes(String name, byte[] value, int from, int to) {
        key(name);
        JsonText.put(out, value, from, to);
        return this;
    }

    /** Appends bytes as hexadecimal digits if they are no UTF-8. */
    JsonFields hexUnlessText(String name, byte[] value, int from, int to) {
        for (int at = from; at < to; ) {
            int point = Utf8.decode(value, at, to);
            if (point < 0) {
                key(name);
                JsonText.putHex(out, value, from, to);
                return this;
            }
            at += Utf8.size(point);
        }
        return this;
    }

    /** Appends the name of a field, and returns the buffer for its value. */
    LineBuffer key(String name) {
        if (follows) {
            out.put(',');
        }
        follows = true;
        return out.put('"').put(name).put("\":");
    }
}
