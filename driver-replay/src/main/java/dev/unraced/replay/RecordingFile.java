// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.capture.Availability;
import dev.unraced.capture.CaptureException;
import dev.unraced.recording.RecordingException;
import dev.unraced.recording.RecordingReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The file of a recording, as the configuration names it.
 *
 * @param name relative to the working directory, or absolute
 */
record RecordingFile(String name) {
    private static final String REMEDY =
            "Set unraced.replay.file to a file that 'unraced watch --record' or a RecordingWriter made.";

    /** Returns whether the file exists and starts as a recording does. Errors behind its start show in the replay. */
    Availability availability() {
        if (name.isEmpty()) {
            return unavailable("RECORDING_UNNAMED", "No recording is named.");
        }
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            return unavailable("RECORDING_MISSING", e.getMessage() + ".");
        }
        if (Files.notExists(path)) {
            return unavailable("RECORDING_MISSING", "There is no file " + name + ".");
        }
        if (!Files.isRegularFile(path)) {
            // The check would read a pipe, which can be read only once.
            return unavailable("RECORDING_UNREADABLE", name + " is no regular file.");
        }
        if (!Files.isReadable(path)) {
            return unavailable("RECORDING_UNREADABLE", name + " cannot be read: Permission denied.");
        }
        try {
            RecordingReader.open(path).close();
            return new Availability.Available();
        } catch (RecordingException e) {
            return unavailable("NOT_A_RECORDING", e.getMessage());
        }
    }

    /**
     * Opens the recording.
     *
     * @throws CaptureException when the file cannot be read; the message names the remedy
     */
    RecordingReader open() {
        Availability availability = availability();
        if (!availability.isAvailable()) {
            throw new CaptureException(availability.describe());
        }
        return RecordingReader.open(Path.of(name));
    }

    private static Availability unavailable(String code, String missing) {
        return new Availability.Unavailable(code, missing, REMEDY);
    }
}
