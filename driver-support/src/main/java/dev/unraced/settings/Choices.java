// SPDX-License-Identifier: Apache-2.0
package dev.unraced.settings;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.names.NearestName;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads values of a driver's section that must be one of a few names, and collects problems until all values are read.
 */
public final class Choices {
    private final CaptureConfig config;
    private final String driver;
    private final List<String> problems = new ArrayList<>();

    /** Creates a reader of the section {@code unraced.DRIVER}. */
    public Choices(CaptureConfig config, String driver) {
        this.config = config;
        this.driver = driver;
    }

    /**
     * Returns the value of a key as it is written in the list; the user may write it in any case. A value that is not
     * allowed becomes a problem.
     */
    public String choice(String key, List<String> allowed) {
        String value = config.section(driver).string(key);
        for (String each : allowed) {
            if (each.equalsIgnoreCase(value)) {
                return each;
            }
        }
        String full = "unraced." + driver + "." + key;
        problems.add(full + " = " + value + " (" + config.origin(full) + ")"
                + NearestName.of(value, allowed)
                        .map(nearest -> ", the nearest is " + nearest)
                        .orElse("")
                + "; allowed: " + String.join(", ", allowed));
        return value;
    }

    /**
     * Ends the reading.
     *
     * @throws InvalidConfigException with all problems, if there are any
     */
    public void check() {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
    }
}
