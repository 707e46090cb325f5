// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import dev.unraced.config.ResultFilter;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.protocol.v1.Filters;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Converts constants of the library to those of the wire and back; both have the same names. */
public final class Codes {
    private static final String MITIGATION = "MITIGATION_";
    private static final String SYSCALL = "SYSCALL_";
    private static final String RESULT = "RESULT_";

    private Codes() {}

    /** Returns the wire's constant for a mode. */
    public static dev.unraced.protocol.v1.Mitigation encode(Mitigation mode) {
        return dev.unraced.protocol.v1.Mitigation.valueOf(MITIGATION + mode.name());
    }

    /**
     * Returns the mode of a wire's constant.
     *
     * @throws IllegalArgumentException when this version does not know the mode
     */
    public static Mitigation decode(dev.unraced.protocol.v1.Mitigation mode) {
        return constant(Mitigation.class, MITIGATION, mode);
    }

    /** Returns the wire's constant for a call. */
    public static dev.unraced.protocol.v1.Syscall encode(Syscall call) {
        return dev.unraced.protocol.v1.Syscall.valueOf(SYSCALL + call.name());
    }

    /**
     * Returns the call of a wire's constant.
     *
     * @throws IllegalArgumentException when this version does not know the call
     */
    public static Syscall decode(dev.unraced.protocol.v1.Syscall call) {
        return constant(Syscall.class, SYSCALL, call);
    }

    /** Returns the names of calls for a message, such as "openat, connect". */
    public static String names(Collection<Syscall> calls) {
        return calls.stream().map(call -> call.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "));
    }

    /** Returns the wire's constant for a filter by result. */
    public static Filters.Result encode(ResultFilter result) {
        return Filters.Result.valueOf(RESULT + result.name());
    }

    /**
     * Returns the filter by result of a wire's constant; unspecified means all.
     *
     * @throws IllegalArgumentException when this version does not know the filter
     */
    public static ResultFilter decode(Filters.Result result) {
        return result == Filters.Result.RESULT_UNSPECIFIED
                ? ResultFilter.ALL
                : constant(ResultFilter.class, RESULT, result);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String prefix, Enum<?> sent) {
        String name = sent.name();
        for (E constant : type.getEnumConstants()) {
            if (name.equals(prefix + constant.name())) {
                return constant;
            }
        }
        throw new IllegalArgumentException(
                "no " + type.getSimpleName().toLowerCase(Locale.ROOT) + " is called " + name);
    }
}
