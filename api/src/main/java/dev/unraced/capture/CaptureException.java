// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

/**
 * Thrown when a capture cannot be opened or changed, or cannot go on. The message is for people, and names the remedy.
 */
public class CaptureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CaptureException(String message) {
        super(message);
    }

    public CaptureException(String message, Throwable cause) {
        super(message, cause);
    }
}
