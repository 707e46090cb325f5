// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import dev.unraced.event.ByteString;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The actor's answer to a command that succeeded. Immutable. */
public final class Reply {
    private final String line;
    private final Map<String, String> values = new HashMap<>();

    public Reply(String line) {
        this.line = line;
        for (String word : line.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
    }

    /** Returns whether the answer has a key. */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new ActorException("the actor's answer has no '" + key + "': " + line);
        }
        return value;
    }

    public long number(String key) {
        return Long.parseUnsignedLong(text(key).replaceFirst("^-", ""))
                * (text(key).startsWith("-") ? -1 : 1);
    }

    public int integer(String key) {
        return Math.toIntExact(number(key));
    }

    /** Returns the numbers of a list. */
    public List<Integer> integers(String key) {
        return Arrays.stream(text(key).split(",", -1)).map(Integer::valueOf).toList();
    }

    /** Returns the bytes of a key, which may be missing. */
    public Optional<ByteString> bytes(String key) {
        return Optional.ofNullable(values.get(key))
                .map(hex -> ByteString.copyOf(HexFormat.of().parseHex(hex)));
    }

    @Override
    public String toString() {
        return line;
    }
}
