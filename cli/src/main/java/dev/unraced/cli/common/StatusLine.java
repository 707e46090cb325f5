// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.format.LineBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * A line at the bottom of the terminal with the state of a capture, redrawn by a thread of its own.
 *
 * <p>Where events go to the same terminal, it gives way to them and comes back with the next redraw.
 */
public final class StatusLine implements AutoCloseable {
    private static final long REDRAW_MILLIS = 250;
    /**
     * The sequence that turns wrapping off: then a narrow terminal cuts the line instead of leaving pieces of it
     * behind.
     */
    private static final String NO_WRAP = "\r\u001b[?7l";

    private static final String ERASE_REST_AND_WRAP = "\u001b[K\u001b[?7h";
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream err;
    private final boolean shown;
    private final boolean sharesTerminal;
    private final Object lock = new Object();
    private boolean drawn;
    private boolean closed;

    private StatusLine(PrintStream err, boolean shown, boolean sharesTerminal) {
        this.err = Console.PrintableStream.terminal(err);
        this.shown = shown;
        this.sharesTerminal = shown && sharesTerminal;
    }

    /** Returns a line that is never shown. */
    public static StatusLine none(PrintStream err) {
        return new StatusLine(err, false, false);
    }

    /**
     * Returns a line on standard error.
     *
     * @param sharesTerminal whether events are printed on the same terminal
     */
    public static StatusLine on(PrintStream err, boolean sharesTerminal) {
        return new StatusLine(err, true, sharesTerminal);
    }

    /** Starts to redraw the line, with a text that another thread gets from the supplier. */
    public void start(Supplier<String> text) {
        if (shown) {
            Thread thread = new Thread(() -> redraw(text), "unraced-status");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Writes lines of events to the output. */
    public void writeAbove(LineBuffer lines, OutputStream out) throws IOException {
        if (!sharesTerminal) {
            lines.writeTo(out);
            return;
        }
        synchronized (lock) {
            erase();
            lines.writeTo(out);
        }
    }

    /** Prints a line on standard error, above the status. */
    public void say(String text) {
        synchronized (lock) {
            erase();
            err.println(Console.printable(text));
        }
    }

    /** Draws the line once. */
    public void draw(String text) {
        synchronized (lock) {
            if (!closed) {
                err.print(NO_WRAP + Console.printable(text) + ERASE_REST_AND_WRAP);
                err.flush();
                drawn = true;
            }
        }
    }

    /** Erases the line for good. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            erase();
            lock.notifyAll();
        }
    }

    private void erase() {
        if (drawn) {
            err.print(ERASE);
            err.flush();
            drawn = false;
        }
    }

    private void redraw(Supplier<String> text) {
        while (waitToRedraw()) {
            draw(text.get());
        }
    }

    private boolean waitToRedraw() {
        synchronized (lock) {
            long until = System.nanoTime() + REDRAW_MILLIS * 1_000_000;
            try {
                for (long left = REDRAW_MILLIS; !closed && left > 0; ) {
                    lock.wait(left);
                    left = (until - System.nanoTime()) / 1_000_000;
                }
            } catch (InterruptedException e) {
                return false;
            }
            return !closed;
        }
    }
}
