// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

/** A text is not what one of the commands prints. */
public final class ReportFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReportFormatException(String message) {
        super(message);
    }

    ReportFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
