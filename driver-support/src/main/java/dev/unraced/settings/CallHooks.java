// SPDX-License-Identifier: Apache-2.0
package dev.unraced.settings;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The places where a driver of the kernel sees calls begin and return: the setting {@code hooks} of its section. */
public enum CallHooks {
    /** At the kernel's functions where that can be, else at tracepoints. */
    AUTO,
    /** At the kernel's own functions for the calls. */
    FUNCTION,
    /** At the tracepoints of calls. */
    TRACEPOINT;

    /** The names of the choices in the configuration. */
    public static final List<String> NAMES = Stream.of(values())
            .map(hooks -> hooks.name().toLowerCase(Locale.ROOT))
            .toList();

    /** Returns the choice of this name, which is one of {@link #NAMES}. */
    public static CallHooks of(String name) {
        return values()[NAMES.indexOf(name)];
    }

    /** Returns what a capture says of itself: the plural. */
    public String inWords() {
        return name().toLowerCase(Locale.ROOT) + "s";
    }

    /**
     * Describes, for people, where captures of a driver with this choice see calls.
     *
     * @param atFunctions whether that is at functions
     * @param against tells why it is not, if it was for the driver to choose; null where nobody knows
     */
    public String describe(String driver, boolean atFunctions, Supplier<? extends @Nullable String> against) {
        String where = atFunctions ? "the kernel's functions" : "tracepoints";
        if (this != AUTO) {
            return where + ", as unraced." + driver + ".hooks has it";
        }
        String reason = atFunctions ? null : against.get();
        return reason == null ? where : where + ", since " + reason;
    }
}
