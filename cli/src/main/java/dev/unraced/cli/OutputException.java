// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard output could not be written to. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean readerGone;

    OutputException(IOException cause) {
        super("Standard output cannot be written to: " + cause.getMessage(), cause);
        readerGone = isBrokenPipe(cause);
    }

    /** Whether whoever read the output has had enough of it, which is no error. */
    boolean isReaderGone() {
        return readerGone;
    }

    /** The text is the C library's, maybe in another language; but writing to a pipe hardly fails otherwise. */
    private static boolean isBrokenPipe(IOException e) {
        if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
            return true;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException unknown) {
            return false;
        }
    }
}
