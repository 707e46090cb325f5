// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.sink;

import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.process.ProcessTable;
import org.jspecify.annotations.Nullable;

/**
 * Another engine that receives a server's events. It gets one event at a time, on one thread, and may block: events
 * that come while it is too slow are counted, and delay no other reader.
 */
public interface EventSink extends EventHandler, AutoCloseable {

    /**
     * Says that the end is near, from another thread than that of the events: from now on no event may wait long. Those
     * that would have to are lost, and counted.
     */
    default void ending() {}

    /** Returns how many events came in that are not where they should go, and will not get there. From any thread. */
    default long lost() {
        return 0;
    }

    /** Returns the sink's table of processes, for its counts alone, or null where it has none. From any thread. */
    default @Nullable ProcessTable processes() {
        return null;
    }

    /** Describes the progress in one line: events taken over, and events lost with the reason. */
    String describe();

    /** Waits two seconds at the most for the events on their way, and ends; no event comes any more, as a rule. */
    @Override
    void close();

    /** A kind of sink, found by {@link java.util.ServiceLoader}. */
    interface Provider {
        /** Returns the name in {@code unraced serve --sink}. */
        String name();

        /** Returns whether the sink says how containers are called, where {@code unraced.container-names} is on. */
        default boolean namesContainers() {
            return false;
        }

        /**
         * Opens a sink.
         *
         * @param config the configuration, in which the section of this name has the settings
         * @throws dev.unraced.capture.CaptureException when the sink cannot be opened; the message names the remedy
         */
        EventSink open(CaptureConfig config);
    }
}
