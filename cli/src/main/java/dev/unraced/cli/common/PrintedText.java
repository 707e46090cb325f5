// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A stream that keeps what is printed to it, until the command knows where the text belongs. */
public final class PrintedText extends PrintStream {
    private final ByteArrayOutputStream bytes;

    public PrintedText() {
        this(new ByteArrayOutputStream());
    }

    private PrintedText(ByteArrayOutputStream bytes) {
        super(bytes, true, StandardCharsets.UTF_8);
        this.bytes = bytes;
    }

    /** Returns what was printed since the last call of this method. */
    public String take() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
    }
}
