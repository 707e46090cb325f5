// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.ERESTARTSYS;

import org.jspecify.annotations.Nullable;

/** An open under way: it failed, has its file, or waits for the other side of a FIFO. */
public final class OpenAttempt {
    /** An attempt that failed at once never changes, so one instance for each error is enough. */
    private static final OpenAttempt[] FAILED = new OpenAttempt[ERESTARTSYS];

    static {
        for (int error = 0; error < FAILED.length; error++) {
            FAILED[error] = new OpenAttempt(error, null, null);
        }
    }

    private int error;
    private @Nullable OpenFile file;
    private Fifo.@Nullable Wait wait;

    private OpenAttempt(int error, @Nullable OpenFile file, Fifo.@Nullable Wait wait) {
        this.error = error;
        this.file = file;
        this.wait = wait;
    }

    static OpenAttempt failed(int error) {
        return FAILED[error];
    }

    static OpenAttempt opened(OpenFile file) {
        return new OpenAttempt(0, file, null);
    }

    static OpenAttempt of(OpenFile file, Fifo.@Nullable Wait wait) {
        return new OpenAttempt(0, file, wait);
    }

    /** Returns whether the open is still under way. */
    public boolean waits() {
        return wait != null;
    }

    /** Returns whether the open is done, or {@link #goOn()} would complete it. */
    public boolean canGoOn() {
        return wait == null || wait.isOver();
    }

    /**
     * Ends the wait with success.
     *
     * @throws IllegalStateException when the open cannot go on
     */
    public void goOn() {
        if (!canGoOn()) {
            throw new IllegalStateException("the other side is not open");
        }
        wait = null;
    }

    /** Ends the wait by a signal: an open that still waits fails with ERESTARTSYS. */
    public void abandon() {
        if (canGoOn()) {
            wait = null;
        } else if (file != null) {
            file.release();
            file = null;
            wait = null;
            error = ERESTARTSYS;
        }
    }

    /** 0, or a positive error number. */
    public int error() {
        return error;
    }

    /** The opened file; null when the open failed, or still waits. */
    public @Nullable OpenFile file() {
        return wait == null ? file : null;
    }
}
