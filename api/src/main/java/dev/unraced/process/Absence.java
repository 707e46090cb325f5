// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import java.util.Optional;

/** Why the program behind an event is not known. */
public enum Absence {
    /**
     * No table gives this event its process: process events are off ({@code unraced.process-events}), or the capture
     * was opened by its driver alone ({@code Capture.withProcesses} gives it a table). No table itself says so.
     */
    NO_TABLE,
    /** The driver does not tell which process image made a call: it lacks {@code PROCESS_KEY}. */
    NO_KEY,
    /** No event told of this process: it was lost, a filter left it out, or process events are off. */
    NOT_SEEN,
    /** The process has executed a program since, or before, of which no event told. */
    EXEC_MISSED,
    /**
     * The table knew the process and has given it up: some time after its end, or for another one when the table was
     * full. After very many others the table does not know this either, and says NOT_SEEN.
     */
    FORGOTTEN;

    private final Optional<Absence> optional = Optional.of(this);

    /** Returns this reason; the Optional is made beforehand, so nothing is allocated. */
    Optional<Absence> asOptional() {
        return optional;
    }
}
