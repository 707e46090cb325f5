// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.EventHandler;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.OutputException;
import dev.unraced.cli.common.StatusLine;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.format.EventWriter;
import dev.unraced.format.LineBuffer;
import dev.unraced.format.WallClock;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Prints the events that pass a filter. Lines gather in a buffer, until it is full or {@link #flush} is called. Its
 * counts may be read by any thread.
 */
final class EventPrinter implements EventHandler {
    private static final int FLUSH_BYTES = 1 << 16;
    /** The longest line: two paths and a container id, every byte as an escape and again in hexadecimal. */
    private static final int SLACK_BYTES = 1 << 17;

    private final EventFilter filter;
    private final EventWriter writer;
    private final WallClock clock;
    private final Console console;
    private final StatusLine status;
    private final Predicate<ProcessView> processes;
    private final LineBuffer buffer = new LineBuffer(FLUSH_BYTES + SLACK_BYTES);
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong printed = new AtomicLong();
    private final AtomicLong filtered = new AtomicLong();

    /**
     * Makes a printer.
     *
     * @param processes chooses the process events that are printed
     */
    EventPrinter(
            EventFilter filter,
            EventWriter writer,
            WallClock clock,
            Console console,
            StatusLine status,
            Predicate<ProcessView> processes) {
        this.filter = filter;
        this.writer = writer;
        this.clock = clock;
        this.console = console;
        this.status = status;
        this.processes = processes;
    }

    @Override
    public void onEvent(EventView event) {
        clock.arrived(event.nanos());
        if (!filter.accepts(event)) {
            increment(filtered);
            return;
        }
        writer.write(event, buffer);
        increment(accepted);
        if (buffer.length() >= FLUSH_BYTES) {
            flush();
        }
    }

    /** Prints a process event, which the table knows. Those of processes that were there before have no line. */
    @Override
    public void onProcess(ProcessView event) {
        if (!processes.test(event) || event.type() == ProcessView.Type.ALIVE) {
            return;
        }
        clock.arrived(event.nanos());
        int before = buffer.length();
        writer.writeProcess(event, buffer);
        if (buffer.length() > before) {
            increment(accepted);
        }
        if (buffer.length() >= FLUSH_BYTES) {
            flush();
        }
    }

    /**
     * Writes the lines that have gathered.
     *
     * @throws OutputException when they cannot be written; they are lost then
     */
    void flush() {
        if (buffer.length() > 0) {
            explain(writer.takeLegend());
            try {
                status.writeAbove(buffer, console.out());
            } catch (IOException e) {
                throw new OutputException(e, console.outIsPipe());
            }
        }
        printed.setOpaque(accepted.getPlain());
    }

    /** Prints what explains the lines, on the terminal that has them, wherever standard error goes. */
    private void explain(String legend) {
        if (legend.isEmpty()) {
            return;
        }
        String folded = Console.folded("unraced: " + legend, console.columns());
        if (console.errIsTerminal()) {
            status.say(folded);
        } else {
            console.print(folded + "\n");
        }
    }

    /** Returns how many events passed the filter; the lines of the last ones may still be in the buffer. */
    long accepted() {
        return accepted.getOpaque();
    }

    /** Returns how many lines were written. */
    long printed() {
        return printed.getOpaque();
    }

    long filtered() {
        return filtered.getOpaque();
    }

    /** Only one thread counts, so this need not be atomic. */
    private static void increment(AtomicLong counter) {
        counter.setOpaque(counter.getPlain() + 1);
    }
}
