// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.util.Map;
import java.util.Optional;

/** The note of the driver gvisor on runsc: a capture opens without any, and then has no events. */
public final class RunscNote {
    private static final String TOPIC = "runsc";
    private static final String NONE = "none that could be asked";

    private RunscNote() {}

    /**
     * Returns the note if no runsc could be asked.
     *
     * @param notes a driver's notes by topic
     */
    public static Optional<String> ofNone(Map<String, String> notes) {
        return Optional.ofNullable(notes.get(TOPIC)).filter(note -> note.startsWith(NONE));
    }
}
