// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.cli.common.Console;
import java.util.Locale;

/** The conditions under which output has colours. */
enum ColorMode {
    /** Colours when the output is a terminal that accepts them. */
    AUTO,
    ALWAYS,
    NEVER;

    boolean isOn(Console console) {
        return this == ALWAYS || (this == AUTO && console.outIsTerminal() && !console.isMonochrome());
    }

    /** Returns the name in help and completion. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
