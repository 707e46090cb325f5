// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.cli.common.Console;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A console that remembers what was written, and is no terminal. */
public final class TestConsole {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    public Console console() {
        return console(out);
    }

    /** Returns a console with another standard output. */
    public Console console(OutputStream output) {
        return new Console(
                output,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                Map.of("LANG", "C.UTF-8"));
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
