// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.Gap;
import dev.unraced.protocol.v1.Stats;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The time since the last statistics of a server that sends no more of them. Not thread-safe. */
final class Outage {
    private final LongSupplier clock;
    private long learned;
    private boolean begun;
    private boolean ended;
    private long end;

    /**
     * Makes an outage that has not begun.
     *
     * @param clock a clock in nanoseconds
     */
    Outage(LongSupplier clock) {
        this.clock = clock;
    }

    /** Notes that statistics have come. */
    void learned() {
        learned = clock.getAsLong();
    }

    /** Notes that the connection is broken. */
    void begin() {
        begun = true;
    }

    /** Notes that the connection is there again. */
    void clear() {
        begun = false;
    }

    /** Notes that the capture ends without a connection. */
    void end() {
        begun = true;
        ended = true;
        end = clock.getAsLong();
    }

    /**
     * Returns the time that the last statistics do not cover.
     *
     * @param last the statistics whose arrival was noted last
     */
    Optional<Gap> gap(Stats last) {
        if (!begun) {
            return Optional.empty();
        }
        // The server's clock can be another machine's, so this clock measures the time since its last statistics.
        long from = Math.max(0, last.getTimeNs());
        long now = ended ? end : clock.getAsLong();
        return Optional.of(new Gap(from, from + Math.max(0, now - learned), ended));
    }
}
