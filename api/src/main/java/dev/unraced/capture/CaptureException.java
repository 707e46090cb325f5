// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

/**
 * Thrown when a capture cannot be opened or changed, or cannot go on. The message is for people, and names the remedy.
 * It is a {@code dev.unraced.selection.NoDriverException} where no driver can run; that has the reasons for programs.
 */
public class CaptureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message for people; it names the remedy, if there is one
     */
    public CaptureException(String message) {
        super(message);
    }

    /**
     * Creates an exception with its cause.
     *
     * @param message for people; it names the remedy, if there is one
     * @param cause the failure behind it
     */
    public CaptureException(String message, Throwable cause) {
        super(message, cause);
    }
}
