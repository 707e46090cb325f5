// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/** The name of a field whose value is bytes, and of the field beside it that holds them when they are not UTF-8. */
final class JsonKey {
    final byte[] name;
    final byte[] hex;

    private JsonKey(String name, String comma) {
        this.name = LineBuffer.ascii(comma + '"' + name + "\":");
        this.hex = LineBuffer.ascii(",\"" + name + "_hex\":");
    }

    /** Returns the key of a field that follows another one. */
    static JsonKey of(String name) {
        return new JsonKey(name, ",");
    }

    /** Returns the key of the first field of an object. */
    static JsonKey first(String name) {
        return new JsonKey(name, "");
    }
}
