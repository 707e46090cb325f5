// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a recording cannot be written, or read any further. The message is for people: it names the file, the
 * place and the reason.
 */
public final class RecordingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean cutShort;

    private RecordingException(String message, @Nullable Throwable cause, boolean cutShort) {
        super(message, cause);
        this.cutShort = cutShort;
    }

    static RecordingException of(String message) {
        return new RecordingException(message, null, false);
    }

    static RecordingException of(String message, Throwable cause) {
        return new RecordingException(message, cause, false);
    }

    static RecordingException cutShort(String message) {
        return new RecordingException(message, null, true);
    }

    /**
     * Returns whether the file is sound but ends too early: its writer was killed, ran out of space or still writes it,
     * or the file was cut. All records of the existing blocks were handed over.
     */
    public boolean isCutShort() {
        return cutShort;
    }
}
