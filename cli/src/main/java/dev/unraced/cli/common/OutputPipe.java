// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.natives.LibC;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the reader of standard output is gone. A write would tell, but a command without events to print writes
 * nothing. Not thread-safe.
 */
public final class OutputPipe {
    private static final Logger LOG = LoggerFactory.getLogger(OutputPipe.class);
    private static final int STANDARD_OUTPUT = 1;
    private static final long PERIOD_NANOS = 200_000_000;

    private long next = System.nanoTime();

    private OutputPipe() {}

    /**
     * Returns what to do now and then, so that the command ends when nobody reads its output any more. It throws an
     * {@link OutputException} then.
     */
    public static Runnable check(Console console) {
        return console.outIsPipe() ? new OutputPipe()::check : () -> {};
    }

    private void check() {
        long now = System.nanoTime();
        if (now - next < 0) {
            return;
        }
        try {
            if (LibC.isHungUp(STANDARD_OUTPUT)) {
                throw new OutputException(new IOException("its reader is gone"), true);
            }
            next = now + PERIOD_NANOS;
        } catch (LinkageError e) {
            LOG.debug("A reader that goes is noticed at the next line only", e);
            next = now + Long.MAX_VALUE;
        }
    }
}
