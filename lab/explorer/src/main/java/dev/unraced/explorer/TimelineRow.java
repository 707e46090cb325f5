// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/**
 * One row of a {@link Timeline}.
 *
 * @param thread the thread that acted; any thread for a note
 * @param text any text; characters that would steer a terminal or a browser are escaped for display
 */
public record TimelineRow(int thread, String text, Kind kind) {
    /** The kind of a row. */
    public enum Kind {
        /** The thread acted outside of a call. */
        USER,
        /** The thread entered a call, which lasts until its next {@link #EXIT}. */
        ENTER,
        /** The kernel copied an argument. */
        COPY,
        /** The kernel did the work of the call. */
        WORK,
        /** The call returned. */
        EXIT,
        /** A hook of the observer ran on the thread. */
        OBSERVER,
        /** The thread wrote memory that another thread's call reads. */
        ATTACK,
        /** A remark in the margin of the row before, and no step. */
        NOTE,
        /** A remark about an event that deceives its reader. */
        FORGED
    }

    /** Returns whether the row is a remark, and no step. */
    public boolean isNote() {
        return kind == Kind.NOTE || kind == Kind.FORGED;
    }
}
