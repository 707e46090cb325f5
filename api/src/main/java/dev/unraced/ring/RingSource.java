// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.driver.Gap;
import dev.unraced.event.Mitigation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What fills a ring, and how its reader sleeps. Implemented by each driver whose records come through mapped memory.
 *
 * <p>{@link RingCapture} calls {@link #arm}, {@link #await} and {@link #disarm} on the consuming thread only, never
 * after {@link #release}; the other methods come from any thread, one at a time.
 */
public interface RingSource {

    /**
     * Asks the source to wake the reader at the next record. Records that are there already wake nobody, so the reader
     * looks for them afterwards; this must therefore be a volatile write or stronger.
     */
    void arm();

    /** Takes {@link #arm} back. */
    void disarm();

    /** Sleeps until a record arrives after {@link #arm}, {@link #wake} is called, or the time is over. */
    void await(long nanos);

    /** Ends an {@link #await} in progress, and the next one. Any thread, but never after {@link #release}. */
    void wake();

    /**
     * Whether the last record has been written, because the source came to its end or failed. Asked while the ring is
     * empty, so it costs nothing under load. A source that ends also ends an {@link #await} in progress.
     */
    default boolean isEnded() {
        return false;
    }

    /** Why the source failed, with a message for people, once {@link #isEnded}; null when it did not. */
    default @Nullable Throwable failure() {
        return null;
    }

    /** The mode in force. */
    Mitigation mitigation();

    /** Changes the mode; the mode is one that the driver's capabilities have. */
    void mitigation(Mitigation mode);

    /** Whether there are enter events. A source whose driver declares to have none needs neither this nor the next. */
    default boolean enterEvents() {
        return false;
    }

    /** Begins or ends enter events; begins them only where the driver's capabilities have them. */
    default void enterEvents(boolean publish) {
        if (publish) {
            throw new UnsupportedOperationException("a source without enter events");
        }
    }

    /** The books up to now; also between {@link #stop} and {@link #release}. */
    SourceBooks books();

    /** The times of which {@link #books} know nothing; also between {@link #stop} and {@link #release}. */
    default List<Gap> gaps() {
        return List.of();
    }

    /** Ends the flow of records; those in the ring stay readable. */
    void stop();

    /** Gives back everything, mapped memory included; called once, also when {@link #stop} failed. */
    void release();
}
