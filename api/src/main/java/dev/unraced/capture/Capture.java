// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.process.ProcessTable;
import dev.unraced.selection.Drivers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running capture. One thread at a time consumes it, by {@link #poll}, {@link #await} or {@link #consume}; any thread
 * may call every other method at any time. Consumers by Reactive Streams have
 * {@code dev.unraced.flow.CapturePublisher}.
 *
 * <p>A capture of a running system has no end. A capture whose source can end, such as a replayed recording, ends after
 * it has handed over everything. Then {@link #isEnded} is true, {@link #consume} returns, and the other two methods
 * hand over nothing. If the source failed instead, all three methods throw on every call, once everything before was
 * handed over. Either way the capture must still be closed.
 */
public interface Capture extends AutoCloseable {

    /**
     * Opens a capture with the driver that the configuration selects.
     *
     * @throws dev.unraced.config.InvalidConfigException when the configuration names a driver that there is not, or a
     *     driver objects to its settings; it has all problems
     * @throws CaptureException when none of the selected drivers can run, as a
     *     {@code dev.unraced.selection.NoDriverException} with the reason for each; or when the only driver that is
     *     named fails to open
     */
    static Capture open(CaptureConfig config) {
        return Drivers.discover().open(config);
    }

    /**
     * Builds a configuration, and opens a capture with the driver that it selects.
     *
     * @throws dev.unraced.config.InvalidConfigException with all problems of the configuration, unknown drivers
     *     included; or when a driver objects to its settings
     * @throws CaptureException as {@link #open(CaptureConfig)} does
     */
    static Capture open(CaptureConfigBuilder config) {
        Drivers drivers = Drivers.discover();
        return drivers.open(config.knownDrivers(drivers.names()).build());
    }

    /** Returns the name of the driver behind this capture. */
    String driver();

    /** Returns the capabilities of the driver. */
    Capabilities capabilities();

    /**
     * Returns where the driver sees calls, for people, such as {@code tracepoints} or {@code functions}; empty for a
     * driver that has one way only. The drivers {@code ebpf} and {@code kmod} choose when the capture opens
     * ({@code unraced.ebpf.hooks}, {@code unraced.kmod.hooks}).
     */
    default String hooks() {
        return "";
    }

    /**
     * Hands over the available events on the caller's thread, without waiting and without allocating. An interrupt does
     * not end it. What the handler throws reaches the caller, and the next poll goes on behind that event.
     *
     * @param limit the largest number of events, 1 or more
     * @return the number of events handed over
     * @throws IllegalArgumentException when the limit is less than 1
     * @throws IllegalStateException when the capture is closed, another thread is consuming it, or the handler itself
     *     calls this method, {@link #await} or {@link #consume}
     * @throws CaptureException when the source failed, and everything before was handed over
     */
    int poll(EventHandler handler, int limit);

    /**
     * Waits for events, then hands them over as {@link #poll(EventHandler, int)} does. A thread whose interrupt flag is
     * set already gets the available events, and does not wait.
     *
     * @param limit the largest number of events, 1 or more
     * @param timeoutNanos the longest wait for the first event; 0 and negative numbers mean no wait
     * @return the number of events handed over; 0 after the time-out, an interrupt (the flag stays set), {@link #close}
     *     or the end
     * @throws IllegalArgumentException when the limit is less than 1
     * @throws IllegalStateException when the capture was closed before, another thread is consuming it, or the handler
     *     itself calls this method
     * @throws CaptureException when the source failed, and everything before was handed over
     */
    int await(EventHandler handler, int limit, long timeoutNanos);

    /**
     * Waits for events as {@link #await(EventHandler, int, long)} does.
     *
     * @param limit the largest number of events, 1 or more
     * @param timeout the longest wait for the first event; one beyond 292 years counts as 292 years, and a negative one
     *     as none
     * @return the number of events handed over
     * @throws IllegalArgumentException when the limit is less than 1
     * @throws IllegalStateException as the other method does
     * @throws CaptureException as the other method does
     */
    default int await(EventHandler handler, int limit, Duration timeout) {
        return await(handler, limit, saturatedNanos(timeout));
    }

    private static long saturatedNanos(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException e) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    /**
     * Hands over events on the caller's thread until {@link #close} is called by another thread or by the handler, the
     * thread is interrupted (the flag stays set), or the capture has ended. What the handler throws ends it, and
     * reaches the caller; a further call goes on behind that event.
     *
     * @throws IllegalStateException when the capture was closed before, another thread is consuming it, or the handler
     *     itself calls this method
     * @throws CaptureException when the source failed, and everything before was handed over
     */
    void consume(EventHandler handler);

    /** Returns whether {@link #close} has not been called. */
    boolean isOpen();

    /**
     * Returns whether the consumer has reached the end: the source ended or failed, everything before was handed over,
     * and a further {@link #poll}, {@link #await} or {@link #consume} found that nothing follows.
     */
    default boolean isEnded() {
        return false;
    }

    /** Returns the current mitigation mode; after {@link #close}, the last one. */
    Mitigation mitigation();

    /**
     * Changes the mode for calls that enter from now on, without reloading and without losing an event. After a failure
     * the mode is as it was.
     *
     * @throws CaptureException when the driver lacks the mode or cannot switch, or the capture is closed
     */
    void switchTo(Mitigation mode);

    /**
     * Returns the filters in force; after {@link #close}, the last ones.
     *
     * @throws CaptureException when the driver cannot change filters
     */
    default EventFilters filters() {
        throw new CaptureException("driver " + driver() + " cannot change its filters");
    }

    /**
     * Changes the filters for calls that enter from now on, without reloading (rule R12.8). All of the new filters come
     * into force at once, in place of all of the old ones; they are in force when this method returns. After a failure
     * the filters are as they were.
     *
     * @throws CaptureException when the driver lacks one of the filters, has no room for it or cannot change filters,
     *     or the capture is closed
     */
    default void filterBy(EventFilters filters) {
        throw new CaptureException("driver " + driver() + " cannot change its filters");
    }

    /**
     * Returns whether the entry of a call is an event, too, besides the merged event; after {@link #close}, whether it
     * was.
     */
    boolean enterEvents();

    /**
     * Begins or ends enter events for calls that enter from now on, without reloading and without losing an event. The
     * merged events do not change. To end them is never refused for a lacking capability.
     *
     * @throws CaptureException when the driver has no enter events or cannot switch, or the capture is closed
     */
    void publishEnterEvents(boolean publish);

    /**
     * Returns whether this capture makes process events, from its beginning to its end: {@code unraced.process-events}
     * is on, and the driver has them.
     */
    default boolean processEvents() {
        return false;
    }

    /**
     * Returns the table that gives events their process ({@code EventView.process}), or null: the capture makes no
     * process events, or a driver opened it and nobody called {@link #withProcesses}. {@link #open} gives a capture
     * with process events a table that names users where their ids are this machine's, and containers where the
     * configuration says so. The capture keeps the table up to date before it hands over an event. Any thread may read
     * its counts; the rest is for the handler.
     */
    default @Nullable ProcessTable processTable() {
        return null;
    }

    /**
     * Returns this capture with a table of processes, which becomes the {@link #processTable} instead of the one that
     * it had: for a table of another size, or a capture that a driver opened. It is called before any event is
     * consumed, with a table that has no other source, and only the returned capture is used from then on. A capture
     * without process events returns itself.
     */
    default Capture withProcesses(ProcessTable table) {
        return processEvents() ? new ProcessCapture(this, table) : this;
    }

    /**
     * Returns the statistics of this capture up to now; after {@link #close}, up to then. Allocates. The handler may
     * call it; an interrupt does not end it, and the flag stays set.
     *
     * <p>The answer is a barrier (rule R8.1): each watched call that returned to its caller before this method was
     * called counts in it, as delivered, pending, lost or filtered. A source that counts later, such as one that reads
     * a log, waits here until it has caught up.
     */
    CaptureStats stats();

    /**
     * Returns the times that the statistics do not cover, because the process that counts ended or was killed, and
     * began anew: a server behind the driver {@code remote}. Outside these times, every call is an event or counted.
     * The gaps are in order; of very many, the oldest are joined.
     *
     * <p>While the process cannot be reached, the last gap has not {@linkplain Gap#ended ended}. If it turns out that
     * the process was there and counted meanwhile, that gap is withdrawn.
     */
    default List<Gap> gaps() {
        return List.of();
    }

    /**
     * Stops the capture and releases all its resources. Waits for a poll in progress on another thread. A call by the
     * handler itself takes effect when the handler returns. Further calls do nothing.
     */
    @Override
    void close();
}
