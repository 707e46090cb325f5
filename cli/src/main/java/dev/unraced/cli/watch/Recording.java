// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.recording.RecordingWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that records events beside the output, if there is one. */
final class Recording implements AutoCloseable {
    private final @Nullable RecordingWriter writer;
    private final @Nullable Path file;

    private Recording(@Nullable RecordingWriter writer, @Nullable Path file) {
        this.writer = writer;
        this.file = file;
    }

    /** Returns a recording without a file. */
    static Recording none() {
        return new Recording(null, null);
    }

    /**
     * Returns a recording of a capture's events in a file.
     *
     * @throws dev.unraced.recording.RecordingException when the file cannot be created
     */
    static Recording of(Capture capture, Path file, boolean replace) {
        return new Recording(
                replace ? RecordingWriter.replace(file, capture) : RecordingWriter.open(file, capture), file);
    }

    /**
     * Returns a handler that records each event before it is printed, since an event that fails to be printed was still
     * captured.
     */
    EventHandler before(EventPrinter printer) {
        RecordingWriter first = writer;
        if (first == null) {
            return printer;
        }
        return EventHandler.of(
                event -> {
                    first.onEvent(event);
                    printer.onEvent(event);
                },
                event -> {
                    first.onProcess(event);
                    printer.onProcess(event);
                });
    }

    /** Writes the recorded events, since no more come for now. */
    void idle() {
        if (writer != null) {
            writer.flush();
        }
    }

    /** Returns the text for the summary; empty when there is no file. */
    String describe() {
        return writer == null ? "" : writer.events() + " recorded (" + writer.bytes() + " bytes in " + file + ")";
    }

    /** Completes the file; the capture should be closed by then, so that its statistics are final. */
    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
