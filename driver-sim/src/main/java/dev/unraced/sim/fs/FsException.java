// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.linux.Errno;

/** Ends an operation with an error number; it never leaves this package. Each number has one instance. */
final class FsException extends Exception {
    private static final long serialVersionUID = 1;

    private static final FsException[] ALL = new FsException[Errno.ERESTARTSYS];

    static {
        for (int errno = 0; errno < ALL.length; errno++) {
            ALL[errno] = new FsException(errno);
        }
    }

    private final int errno;

    private FsException(int errno) {
        super(null, null, false, false);
        this.errno = errno;
    }

    static FsException of(int errno) {
        return ALL[errno];
    }

    int errno() {
        return errno;
    }
}
