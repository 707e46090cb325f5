// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** Ends an operation with an error number; it never leaves this package. */
final class FsException extends Exception {
    private static final long serialVersionUID = 1;

    private final int errno;

    FsException(int errno) {
        super(null, null, false, false);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
