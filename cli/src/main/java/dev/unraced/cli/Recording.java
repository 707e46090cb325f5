// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.driver.Capture;
import dev.unraced.driver.EventHandler;
import dev.unraced.recording.RecordingWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that events go to besides the output, if there is one. */
final class Recording implements AutoCloseable {
    private final @Nullable RecordingWriter writer;
    private final @Nullable Path file;

    private Recording(@Nullable RecordingWriter writer, @Nullable Path file) {
        this.writer = writer;
        this.file = file;
    }

    /** No file. */
    static Recording none() {
        return new Recording(null, null);
    }

    /**
     * A file for a capture's events.
     *
     * @throws dev.unraced.recording.RecordingException when it cannot be created
     */
    static Recording of(Capture capture, Path file, boolean replace) {
        return new Recording(
                replace ? RecordingWriter.replace(file, capture) : RecordingWriter.open(file, capture), file);
    }

    /** Records each event before it is printed: what fails to be printed was captured all the same. */
    EventHandler before(EventPrinter printer) {
        RecordingWriter first = writer;
        if (first == null) {
            return printer;
        }
        return event -> {
            first.onEvent(event);
            printer.onEvent(event);
        };
    }

    /** Says that no events come for now, so that those that came can be written. */
    void idle() {
        if (writer != null) {
            writer.flush();
        }
    }

    /** For the summary; empty when there is no file. */
    String describe() {
        return writer == null ? "" : writer.events() + " recorded (" + writer.bytes() + " bytes in " + file + ")";
    }

    /** Completes the file; the capture should be closed by then, so that its books are final. */
    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
