// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
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

    String text(String key, String missing) {
        return words.getOrDefault(key, missing);
    }

    /**
     * Returns the manner of an attack.
     *
     * @param lack the beginning of the answer to a manner that the simulated kernel does not support
     */
    String how(String lack, String... supported) {
        String how = String.valueOf(text("how"));
        if (!List.of(supported).contains(how)) {
            throw new RefusedException("unsupported: " + lack + how);
        }
        return how;
    }

    /** Returns the call that {@code name} names. */
    Syscall syscall() {
        for (Syscall syscall : Syscall.values()) {
            if (syscall.name().toLowerCase(Locale.ROOT).equals(text("name"))) {
                return syscall;
            }
        }
        throw new RefusedException("name= must be open, openat, openat2, creat or connect");
    }

    /** Returns the convention of the call. */
    Abi abi() {
        return Abi.valueOf(text("abi", "native").toUpperCase(Locale.ROOT));
    }

    /** Returns whether the call is to be made by a way into the kernel of this name. */
    boolean isVia(String way) {
        return way.equals(text("via"));
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

    /** Returns a path that a word holds in hexadecimal digits; each character is one of its bytes. */
    String path(String key) {
        return new String(bytes(key), StandardCharsets.ISO_8859_1);
    }

    static byte[] bytesOf(String hex) {
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("not hexadecimal: " + hex);
        }
    }
}
