// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

/**
 * One thing that happened, for a {@link Timeline}.
 *
 * @param thread whose it is; of a note, any thread
 * @param text may hold anything; what a terminal or a browser would take as a command is escaped when it is shown
 */
public record TimelineRow(int thread, String text, Kind kind) {
    /** What kind of thing a row is. */
    public enum Kind {
        /** The thread did something outside of a call. */
        USER,
        /** It entered a call, which lasts until its next {@link #EXIT}. */
        ENTER,
        /** The kernel copied an argument. */
        COPY,
        /** The kernel did what was asked for. */
        WORK,
        /** The call returned. */
        EXIT,
        /** A hook of the observer ran on the thread. */
        OBSERVER,
        /** The thread wrote what another one's call reads. */
        ATTACK,
        /** No step: a remark in the margin of the row before. */
        NOTE
    }
}
