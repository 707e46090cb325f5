// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Mitigation;
import java.util.List;

/**
 * A running capture. One thread at a time consumes it, by {@link #poll} or {@link #run}; every other method may be
 * called from any thread at any time. Consumers by Reactive Streams have {@code dev.unraced.flow.CapturePublisher}.
 *
 * <p>A capture of a running system has no end. One whose source can end, such as a replayed recording, ends by itself
 * when everything was handed over: then {@link #isEnded} is true, {@link #run} returns, and the other two hand over
 * nothing. When its source failed instead, all three throw, and go on throwing, once everything before was handed over.
 * Either way it has yet to be closed.
 */
public interface Capture extends AutoCloseable {

    /**
     * Opens a capture with the driver that the configuration selects.
     *
     * @throws CaptureException when none of the selected drivers can run; its message says why, for each
     */
    static Capture open(CaptureConfig config) {
        return Drivers.discover().open(config);
    }

    /** Name of the driver behind this capture. */
    String driver();

    /** What the driver reports. */
    Capabilities capabilities();

    /**
     * Hands over the events that are there now, on the caller's thread, without waiting and without allocating.
     *
     * @param limit how many events at the most, 1 or more
     * @return how many were handed over
     * @throws IllegalStateException when the capture is closed, or another thread is consuming it
     * @throws CaptureException when the source failed, and everything before was handed over
     */
    int poll(EventHandler handler, int limit);

    /**
     * Waits for events, then hands them over as {@link #poll(EventHandler, int)} does.
     *
     * @param timeoutNanos how long to wait for the first event
     * @return how many were handed over; 0 after the time-out, an interrupt (the flag stays set), {@link #close} or the
     *     end
     * @throws IllegalStateException when the capture was closed before, or another thread is consuming it
     * @throws CaptureException when the source failed, and everything before was handed over
     */
    int await(EventHandler handler, int limit, long timeoutNanos);

    /**
     * Hands over events on the caller's thread until {@link #close} is called by another thread or by the handler, the
     * thread is interrupted, or the capture has ended.
     *
     * @throws IllegalStateException when the capture was closed before, or another thread is consuming it
     * @throws CaptureException when the source failed, and everything before was handed over
     */
    void run(EventHandler handler);

    /** Whether {@link #close} has not been called. */
    boolean isOpen();

    /**
     * Whether the consumer has come to the end: the source ended or failed, everything before was handed over, and a
     * further {@link #poll}, {@link #await} or {@link #run} found that nothing follows.
     */
    default boolean isEnded() {
        return false;
    }

    /** The mode in force. */
    Mitigation mitigation();

    /**
     * Changes the mode for calls that enter from now on, without reloading and without losing an event.
     *
     * @throws CaptureException when the driver lacks the mode or cannot switch
     */
    void mitigation(Mitigation mode);

    /** Whether the entry of a call is an event, too, beside the merged one. */
    boolean enterEvents();

    /**
     * Begins or ends enter events, for calls that enter from now on, without reloading and without losing an event. The
     * merged events stay what they are.
     *
     * @throws CaptureException when the driver has none or cannot switch
     */
    void enterEvents(boolean publish);

    /** The books of this capture up to now; after {@link #close}, up to then. Allocates. */
    CaptureStats stats();

    /**
     * The times of which the books know nothing, because what keeps them was killed and began anew: a server behind the
     * driver {@code remote}. Calls outside of these are events, or counted. In order; of very many the oldest are
     * joined.
     */
    default List<Gap> gaps() {
        return List.of();
    }

    /**
     * Stops the capture and releases all it holds. Waits for a poll in progress on another thread; called by the
     * handler itself, it takes effect when the handler returns. Further calls do nothing.
     */
    @Override
    void close();
}
