// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What a command writes to.
 *
 * @param out standard output, not buffered; reports errors, unlike {@link System#out}
 * @param err standard error
 * @param outIsTerminal whether somebody looks at standard output
 * @param errIsTerminal whether somebody looks at standard error
 * @param environment the environment's variables
 */
record Console(
        OutputStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Map<String, String> environment) {

    /** That of this process. */
    static Console system() {
        return new Console(
                new FileOutputStream(FileDescriptor.out), System.err, isTerminal(1), isTerminal(2), System.getenv());
    }

    /** Whether the terminal takes UTF-8, by the rules of locale(7). */
    boolean isUtf8() {
        String locale = first("LC_ALL", "LC_CTYPE", "LANG").toUpperCase(Locale.ROOT);
        return locale.endsWith("UTF-8") || locale.endsWith("UTF8");
    }

    /** Whether colours are unwelcome, by no-color.org or because the terminal has none. */
    boolean isMonochrome() {
        return !first("NO_COLOR").isEmpty() || "dumb".equals(environment.get("TERM"));
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

    /** Java 17 asks only about input and output together, so this looks where the descriptor leads to. */
    private static boolean isTerminal(int fd) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
