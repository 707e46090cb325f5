// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import dev.unraced.protocol.TlsFailure;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs failed TLS handshakes, one in ten seconds, since anybody can cause them. Thread-safe. */
final class HandshakeLog {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeLog.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier clock;
    /** The time from which on the next line may be written. */
    private long next;
    /** The failures since the last line. */
    private long untold;

    HandshakeLog(LongSupplier clock) {
        this.clock = clock;
        this.next = clock.getAsLong();
    }

    /**
     * Notes a failure.
     *
     * @param peer who tried to connect, by address
     */
    synchronized void failed(@Nullable Object peer, Throwable cause) {
        String why = TlsFailure.explain(cause).orElse(null);
        if (why == null) {
            LOG.debug("The TLS handshake with {} ended", peer, cause);
            return;
        }
        long now = clock.getAsLong();
        if (now - next < 0) {
            untold++;
            return;
        }
        LOG.warn(
                "The TLS handshake with {} failed: {}{}",
                peer,
                why,
                untold == 0 ? "" : "; " + untold + " others failed since the last such line");
        untold = 0;
        next = now + PERIOD_NANOS;
    }
}
