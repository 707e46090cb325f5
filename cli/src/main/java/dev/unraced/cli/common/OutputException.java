// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.linux.FileErrors;
import java.io.IOException;
import java.nio.file.Path;

/** Thrown when standard output, or a file, cannot be written to. */
public final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean readerGone;

    /**
     * Makes the exception for standard output, or for what stands in its place.
     *
     * @param pipe whether the output is a pipe or a socket
     */
    public OutputException(IOException cause, boolean pipe) {
        super(
                (cause instanceof NamedStream.Failure failure ? failure.name() : "Standard output")
                        + " cannot be written to: " + cause.getMessage(),
                cause);
        // The message is the C library's, maybe in another language; but a write to a pipe hardly fails for another
        // reason.
        readerGone = pipe || String.valueOf(cause.getMessage()).contains("Broken pipe");
    }

    /** Makes the exception for a file. */
    public OutputException(Path file, IOException cause) {
        super(file + " cannot be written to: " + FileErrors.reason(cause), cause);
        readerGone = false;
    }

    /** Returns whether the reader of the output is gone, which is no error. */
    public boolean isReaderGone() {
        return readerGone;
    }
}
