// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.HashMap;
import java.util.Map;

/**
 * One line of the acting program's log: a word, then {@code key=value} with spaces between them.
 *
 * @param word kind of the line, such as {@code act} or {@code change}
 * @param values its values by key
 */
record LogLine(String word, Map<String, String> values) {

    static LogLine parse(String line) {
        String[] words = line.split(" ", 0);
        Map<String, String> values = new HashMap<>(words.length * 2);
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals > 0) {
                values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
            }
        }
        return new LogLine(words[0], values);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    String text(String key) {
        return values.getOrDefault(key, "");
    }

    long number(String key) {
        String value = values.get(key);
        return value == null || value.isEmpty() ? 0 : Long.parseLong(value);
    }

    int integer(String key) {
        return (int) number(key);
    }
}
