// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The places where the module sees calls begin and return: {@code unraced.kmod.hooks}. */
enum CallHooks {
    /** At the kernel's functions where they can be patched, else at tracepoints. */
    AUTO(DeviceLayout.HOOKS_AUTO),
    /** At the kernel's own functions for the calls, {@code syscall/function.h}. */
    FUNCTION(DeviceLayout.HOOKS_FUNCTION),
    /** At the tracepoints that every call passes, {@code syscall/hook.h}. */
    TRACEPOINT(DeviceLayout.HOOKS_TRACEPOINT);

    /** The names of the choices in the configuration. */
    static final List<String> NAMES = Stream.of(values())
            .map(hooks -> hooks.name().toLowerCase(Locale.ROOT))
            .toList();

    private final int code;

    CallHooks(int code) {
        this.code = code;
    }

    static CallHooks of(String name) {
        return values()[NAMES.indexOf(name)];
    }

    /** Returns the hooks that the module has this number for. */
    static CallHooks ofCode(int code) {
        return Stream.of(values())
                .filter(hooks -> hooks.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no hooks have the number " + code));
    }

    /** Returns the module's number: {@code enum unraced_hooks}. */
    int code() {
        return code;
    }

    /** Returns what a capture says of itself: the plural. */
    String inWords() {
        return name().toLowerCase(Locale.ROOT) + "s";
    }
}
