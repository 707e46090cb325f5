// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.wire;

import dev.unraced.config.ResultFilter;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.remote.v1.Filters;
import java.util.Locale;

/** Constants of the library beside those of the wire, which bear the same names. */
public final class Codes {
    private static final String MITIGATION = "MITIGATION_";
    private static final String SYSCALL = "SYSCALL_";
    private static final String RESULT = "RESULT_";

    private Codes() {}

    /** A mode on the wire. */
    public static dev.unraced.remote.v1.Mitigation encode(Mitigation mode) {
        return dev.unraced.remote.v1.Mitigation.valueOf(MITIGATION + mode.name());
    }

    /**
     * A mode of the wire.
     *
     * @throws IllegalArgumentException when it is none that this version knows
     */
    public static Mitigation decode(dev.unraced.remote.v1.Mitigation mode) {
        return constant(Mitigation.class, MITIGATION, mode);
    }

    /** A call on the wire. */
    public static dev.unraced.remote.v1.Syscall encode(Syscall call) {
        return dev.unraced.remote.v1.Syscall.valueOf(SYSCALL + call.name());
    }

    /**
     * A call of the wire.
     *
     * @throws IllegalArgumentException when it is none that this version knows
     */
    public static Syscall decode(dev.unraced.remote.v1.Syscall call) {
        return constant(Syscall.class, SYSCALL, call);
    }

    /** A filter by result on the wire. */
    public static Filters.Result encode(ResultFilter result) {
        return Filters.Result.valueOf(RESULT + result.name());
    }

    /**
     * A filter by result of the wire; unspecified is all.
     *
     * @throws IllegalArgumentException when it is none that this version knows
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
