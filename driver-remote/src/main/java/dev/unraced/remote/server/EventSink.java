// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.EventHandler;

/**
 * Where a server's events also go: another engine. Handed one event at a time, on one thread, which may wait: what the
 * sink is too slow for is counted, and delays nobody.
 */
public interface EventSink extends EventHandler, AutoCloseable {

    /** How far it is: what was taken over, and what was lost and why. One line for people. */
    String describe();

    /** Waits some seconds for what is on its way, and ends. */
    @Override
    void close();

    /** A kind of sink, found by {@link java.util.ServiceLoader}. */
    interface Provider {
        /** What {@code unraced serve --sink} calls it. */
        String name();

        /**
         * Opens one.
         *
         * @param config its settings are in the section of its name
         * @throws dev.unraced.driver.CaptureException when it cannot be opened; the message names the remedy
         */
        EventSink open(CaptureConfig config);
    }
}
