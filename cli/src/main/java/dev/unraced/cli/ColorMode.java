// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.util.Locale;

/** When to print in colours. */
enum ColorMode {
    /** When somebody looks who does not mind. */
    AUTO,
    ALWAYS,
    NEVER;

    boolean isOn(Console console) {
        return this == ALWAYS || (this == AUTO && console.outIsTerminal() && !console.isMonochrome());
    }

    /** As help and completion name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
