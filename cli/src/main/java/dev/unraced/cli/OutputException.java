// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Standard output, or a file, could not be written to. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean readerGone;

    /**
     * An exception for an output.
     *
     * @param pipe whether the output is a pipe or a socket
     */
    OutputException(IOException cause, boolean pipe) {
        super("Standard output cannot be written to: " + cause.getMessage(), cause);
        // The text is the C library's, maybe in another language; but writing to a pipe hardly fails otherwise.
        readerGone = pipe || String.valueOf(cause.getMessage()).contains("Broken pipe");
    }

    /** An exception for a file. */
    OutputException(Path file, IOException cause) {
        super(file + " cannot be written to: " + cause, cause);
        readerGone = false;
    }

    /** Whether whoever read the output has had enough of it, which is no error. */
    boolean isReaderGone() {
        return readerGone;
    }
}
