// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.Gap;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The source that fills a ring, and lets its reader sleep. Each driver whose records come through mapped memory
 * implements it.
 *
 * <p>{@link RingCapture} calls {@link #arm}, {@link #await}, {@link #disarm}, {@link #isEnded} and {@link #failure} on
 * the consuming thread only, and {@link #wake} on any thread; each may run beside all other methods, and never after
 * {@link #release}. It calls the other methods from any thread, one at a time.
 */
public interface RingSource {

    /**
     * Asks the source to wake the reader at the next record. Earlier records wake no reader, so the reader looks for
     * them afterwards; this must therefore be a volatile write or stronger.
     */
    void arm();

    /** Cancels {@link #arm}. */
    void disarm();

    /** Sleeps until a record arrives after {@link #arm}, {@link #wake} is called, or the time is over. */
    void await(long nanos);

    /**
     * Ends an {@link #await} in progress, or else the next one. Any thread may call this, but never after
     * {@link #release}.
     */
    void wake();

    /**
     * Returns whether the last record has been written, because the source ended or failed. The capture asks while the
     * ring is empty, so this costs nothing under load. A source that ends also ends an {@link #await} in progress.
     */
    default boolean isEnded() {
        return false;
    }

    /** Returns why the source failed, with a message for people, once {@link #isEnded}; null when it did not fail. */
    default @Nullable Throwable failure() {
        return null;
    }

    /** Returns where the source sees calls, as {@link dev.unraced.capture.Capture#hooks} says; never changes. */
    default String hooks() {
        return "";
    }

    /** Returns the current mitigation mode. */
    Mitigation mitigation();

    /** Changes the mitigation mode to a mode that the driver's capabilities have. */
    void switchTo(Mitigation mode);

    /**
     * Returns the filters in force. A source whose driver declares to lack live filters implements neither this method
     * nor its setter.
     */
    default EventFilters filters() {
        return EventFilters.NONE;
    }

    /**
     * Changes the filters to some that the driver's capabilities have.
     *
     * @throws dev.unraced.capture.CaptureException when they cannot be changed; they are as they were then
     */
    default void filterBy(EventFilters filters) {
        throw new UnsupportedOperationException("a source without live filters");
    }

    /**
     * Returns whether there are enter events. A source whose driver declares to lack enter events implements neither
     * this method nor its setter.
     */
    default boolean enterEvents() {
        return false;
    }

    /** Begins or ends enter events; they begin only where the driver's capabilities have them. */
    default void publishEnterEvents(boolean publish) {
        if (publish) {
            throw new UnsupportedOperationException("a source without enter events");
        }
    }

    /** Returns whether there are process events; never changes. */
    default boolean processEvents() {
        return false;
    }

    /**
     * Returns the statistics up to now; also between {@link #stop} and {@link #release}. Each call that has returned to
     * its caller before counts, as {@link dev.unraced.capture.Capture#stats} promises.
     */
    SourceStats stats();

    /** Returns the times that {@link #stats} do not cover; also between {@link #stop} and {@link #release}. */
    default List<Gap> gaps() {
        return List.of();
    }

    /** Ends the flow of records; records in the ring stay readable. */
    void stop();

    /** Releases everything, including mapped memory; called once, also when {@link #stop} failed. */
    void release();
}
