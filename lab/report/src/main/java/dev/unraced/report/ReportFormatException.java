// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

/** Thrown when a text is not the output of one of the commands. */
public final class ReportFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReportFormatException(String message) {
        super(message);
    }

    ReportFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
