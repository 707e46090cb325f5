// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.sink;

import java.util.List;

/** Checks settings of sinks. */
public final class SinkSettings {
    private SinkSettings() {}

    /**
     * Returns a number, and adds a problem when it is outside its range.
     *
     * @param key the whole key, such as {@code unraced.kafka.memory-mib}
     * @param problems one line each, for an {@link dev.unraced.config.InvalidConfigException}
     */
    public static long within(long value, String key, long least, long most, List<String> problems) {
        if (value < least || value > most) {
            problems.add(key + " = " + value + "; allowed: " + least + " to " + most);
        }
        return value;
    }
}
