// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

/** Why a table does not know the program behind an event. */
public enum Absence {
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
    FORGOTTEN
}
