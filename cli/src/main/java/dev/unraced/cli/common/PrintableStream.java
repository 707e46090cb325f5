// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A stream of messages in which no text can move the cursor: whatever is printed as text goes through
 * {@link Console#printable}. Only {@link #terminal} takes sequences for the terminal.
 */
public final class PrintableStream extends PrintStream {
    private final PrintStream raw;

    private PrintableStream(PrintStream raw) {
        super(raw, true, StandardCharsets.UTF_8);
        this.raw = raw;
    }

    /** Returns a stream that prints to another one; itself, if that prints safely already. */
    static PrintableStream of(PrintStream raw) {
        return raw instanceof PrintableStream safe ? safe : new PrintableStream(raw);
    }

    /** Returns the stream below, for what this program itself tells the terminal. */
    static PrintStream terminal(PrintStream stream) {
        return stream instanceof PrintableStream safe ? safe.raw : stream;
    }

    @Override
    public void print(String text) {
        super.print(Console.printable(String.valueOf(text)));
    }

    @Override
    public void println(String text) {
        super.println(Console.printable(String.valueOf(text)));
    }

    @Override
    public PrintStream append(CharSequence text) {
        print(String.valueOf(text));
        return this;
    }
}
