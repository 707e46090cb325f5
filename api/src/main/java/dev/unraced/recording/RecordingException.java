// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import org.jspecify.annotations.Nullable;

/** A recording cannot be written, or read any further. The message is for people: it names the file, where, and why. */
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
     * Whether the file is sound but ends too early, because its writer was killed, ran out of space, still writes it,
     * or somebody cut it. All records of the blocks that are there were handed over.
     */
    public boolean isCutShort() {
        return cutShort;
    }
}
