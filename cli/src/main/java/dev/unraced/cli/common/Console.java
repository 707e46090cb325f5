// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The streams that a command writes to, and their environment.
 *
 * @param out standard output, unbuffered; it reports errors, unlike {@link System#out}
 * @param err standard error
 * @param outIsTerminal whether standard output is a terminal
 * @param outIsPipe whether another process reads standard output
 * @param errIsTerminal whether standard error is a terminal
 * @param environment the environment's variables
 */
public record Console(
        OutputStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean outIsPipe,
        boolean errIsTerminal,
        Map<String, String> environment) {

    /** The indent of what is folded. */
    private static final String FOLD = "  ";

    /** A terminal obeys, hides or reorders these: C0, DEL, C1, bidirectional and other formats, and separators. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}&&[^\\n\\t]]");

    /** Makes a console whose standard error prints no text that moves the cursor. */
    public Console {
        err = PrintableStream.of(err);
    }

    /** Returns the console of this process. */
    public static Console system() {
        String out = target(1);
        return new Console(
                new FileOutputStream(FileDescriptor.out),
                System.err,
                isTerminal(out),
                isPipe(out),
                isTerminal(target(2)),
                System.getenv());
    }

    /**
     * Writes a whole report to standard output, whose reader may be gone.
     *
     * @throws OutputException when that fails
     */
    public void print(String report) {
        try {
            out.write(report.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            OutputException failure = new OutputException(e, outIsPipe);
            if (!failure.isReaderGone()) {
                throw failure;
            }
        }
    }

    /** Prints a message on standard error; on a terminal, it is folded between words, so that it fits. */
    public void say(String message) {
        int width = errIsTerminal ? terminalColumns() : 0;
        err.println(width == 0 ? message : folded(message, width));
    }

    /** Breaks each line that is too long at spaces, and indents what follows. */
    public static String folded(String text, int width) {
        StringBuilder folded = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            folded.append(folded.isEmpty() ? "" : "\n");
            String rest = line;
            while (rest.length() > width) {
                int space = rest.lastIndexOf(' ', width);
                // The first characters may be the indent.
                if (space <= FOLD.length()) {
                    break;
                }
                folded.append(rest, 0, space).append('\n');
                rest = FOLD + rest.substring(space + 1);
            }
            folded.append(rest);
        }
        return folded.toString();
    }

    /** Returns a text without control characters, which must not move the cursor, but with its lines and tabs. */
    public static String printable(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }

    /** Returns whether the terminal takes UTF-8, by the rules of locale(7). */
    public boolean isUtf8() {
        String locale = first("LC_ALL", "LC_CTYPE", "LANG").toUpperCase(Locale.ROOT);
        return locale.endsWith("UTF-8") || locale.endsWith("UTF8");
    }

    /**
     * Returns the characters on a line of the terminal, or 0 if they are unknown, or output goes elsewhere. COLUMNS
     * wins over what the terminal says.
     */
    public int columns() {
        return outIsTerminal ? terminalColumns() : 0;
    }

    private int terminalColumns() {
        int wanted = number(first("COLUMNS"));
        return wanted > 0 ? wanted : terminalSize(1);
    }

    /** Returns the lines of the terminal, or 0 if they are unknown, or output goes elsewhere. LINES wins. */
    public int lines() {
        if (!outIsTerminal) {
            return 0;
        }
        int wanted = number(first("LINES"));
        return wanted > 0 ? wanted : terminalSize(0);
    }

    /** Returns one of the two numbers that stty(1) prints. */
    private static int terminalSize(int which) {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            return size.length == 2 ? number(size[which]) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static int number(String digits) {
        return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : 0;
    }

    /** Returns whether colours are unwanted, by no-color.org or because the terminal has none. */
    public boolean isMonochrome() {
        return !first("NO_COLOR").isEmpty() || "dumb".equals(environment.get("TERM"));
    }

    /** Returns whether the terminal takes sequences that move its cursor, by its name in TERM. */
    public boolean movesCursor() {
        return !"dumb".equals(environment.get("TERM"));
    }

    private String first(String... names) {
        for (String name : names) {
            String value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    /** Returns the target of a descriptor. Java 17 can only detect a terminal for input and output together. */
    private static String target(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isTerminal(String target) {
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    }

    private static boolean isPipe(String target) {
        return target.startsWith("pipe:") || target.startsWith("socket:");
    }

    /**
     * A stream of messages in which no text can move the cursor: whatever is printed as text goes through
     * {@link #printable}. Only {@link #terminal} takes sequences for the terminal.
     */
    static final class PrintableStream extends PrintStream {
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
            super.print(printable(String.valueOf(text)));
        }

        @Override
        public void println(String text) {
            super.println(printable(String.valueOf(text)));
        }

        @Override
        public PrintStream append(CharSequence text) {
            print(String.valueOf(text));
            return this;
        }
    }
}
