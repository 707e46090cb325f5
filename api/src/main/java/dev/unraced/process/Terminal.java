// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ProcessView;

/**
 * The controlling terminal of a process when an image of it began, by its device. The process can have given it up
 * since, or have taken another one. {@link ProcessView#hasTerminal} says what a terminal proves.
 *
 * @param isKnown whether the driver knows the terminal, or that there is none
 * @param major major device number, 136 to 143 of a pseudo-terminal; 0 where there is no terminal
 * @param minor minor device number
 */
public record Terminal(boolean isKnown, int major, int minor) {
    /** The driver does not know whether there is a terminal. */
    public static final Terminal UNKNOWN = new Terminal(false, 0, 0);
    /** The process has no controlling terminal. */
    public static final Terminal NONE = new Terminal(true, 0, 0);

    static Terminal of(ProcessView event) {
        if (event.hasTerminal()) {
            return new Terminal(true, event.terminalMajor(), event.terminalMinor());
        }
        return event.isTerminalKnown() ? NONE : UNKNOWN;
    }

    /** Returns whether there is a terminal. */
    public boolean isPresent() {
        return major != 0;
    }
}
