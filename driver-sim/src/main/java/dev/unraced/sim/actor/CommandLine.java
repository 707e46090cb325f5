// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A command of the actor's protocol: a verb and words. Immutable. */
final class CommandLine {
    private final String verb;
    private final Map<String, String> words = new HashMap<>();

    CommandLine(String line) {
        String[] parts = line.split(" ", -1);
        verb = parts[0];
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                words.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
            }
        }
    }

    String verb() {
        return verb;
    }

    @Nullable
    String text(String key) {
        return words.get(key);
    }

    boolean has(String key) {
        return words.containsKey(key);
    }

    long number(String key, long missing) {
        String text = words.get(key);
        return text == null ? missing : number(text);
    }

    int integer(String key, int missing) {
        return (int) number(key, missing);
    }

    /** Parses a decimal number, or a hexadecimal one with 0x, signed or unsigned, of 64 bits. */
    static long number(String text) {
        try {
            if (text.startsWith("0x")) {
                return Long.parseUnsignedLong(text.substring(2), 16);
            }
            return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new RefusedException("no number: " + text);
        }
    }

    /** Returns the bytes that a word holds in hexadecimal digits. */
    byte[] bytes(String key) {
        String hex = words.get(key);
        if (hex == null) {
            throw new RefusedException(verb + " needs " + key + "=HEX");
        }
        return bytesOf(hex);
    }

    static byte[] bytesOf(String hex) {
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("not hexadecimal: " + hex);
        }
    }
}
