// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.cli.common.StatusLine;
import java.util.function.BooleanSupplier;

/** Looks now and then whether the processes that a user chose have ended, and says so. Not thread-safe. */
final class ChosenEnd implements BooleanSupplier {
    private static final long PERIOD_NANOS = 200_000_000;

    private final BooleanSupplier haveEnded;
    private final StatusLine status;
    private long next = System.nanoTime();

    ChosenEnd(BooleanSupplier haveEnded, StatusLine status) {
        this.haveEnded = haveEnded;
        this.status = status;
    }

    @Override
    public boolean getAsBoolean() {
        long now = System.nanoTime();
        if (now - next < 0) {
            return false;
        }
        next = now + PERIOD_NANOS;
        boolean isOver = haveEnded.getAsBoolean();
        if (isOver) {
            status.say("unraced: the chosen processes have ended");
        }
        return isOver;
    }
}
