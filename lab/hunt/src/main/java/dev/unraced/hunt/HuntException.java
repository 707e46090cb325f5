// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

/** Reports that the hunt cannot go on; the message says why. */
public final class HuntException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HuntException(String message) {
        super(message);
    }

    HuntException(String message, Throwable cause) {
        super(message, cause);
    }
}
