// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.SyscallEvent;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.RingWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A merger with a clock of its own, and the events that it makes of frames. */
final class Merging {
    private final Publisher publisher;
    private final RingWriter ring = new RingWriter(1 << 20);
    private final RingReader reader = ring.reader();
    final Merger merger;
    long nanos;

    Merging() {
        this(config -> config);
    }

    Merging(UnaryOperator<CaptureConfigBuilder> config) {
        CaptureConfig built =
                config.apply(CaptureConfig.builder().driver(GvisorDriver.NAME)).build();
        GvisorSettings settings = GvisorSettings.of(built);
        publisher = new Publisher(ring, settings.filters(), new BootClock());
        merger = new Merger(settings, publisher);
    }

    Connection connect(int number) {
        Connection connection = new Connection(number, 0);
        merger.begin(connection);
        return connection;
    }

    void frames(Connection from, byte[]... frames) {
        for (byte[] frame : frames) {
            merger.accept(from, frame, frame.length, nanos);
        }
    }

    void pass(long time) {
        nanos += time;
        merger.expire(nanos);
    }

    List<SyscallEvent> events() {
        List<SyscallEvent> events = new ArrayList<>();
        reader.poll(view -> events.add(view.snapshot()), Integer.MAX_VALUE);
        return events;
    }

    /** Passes all events to a handler. */
    void poll(EventHandler handler) {
        reader.poll(handler, Integer.MAX_VALUE);
    }

    OpenEvent onlyOpen() {
        return (OpenEvent) only();
    }

    ConnectEvent onlyConnect() {
        return (ConnectEvent) only();
    }

    private SyscallEvent only() {
        List<SyscallEvent> events = events();
        if (events.size() != 1) {
            throw new AssertionError("one event expected, not " + events);
        }
        return events.get(0);
    }

    /** Returns the number of counted calls that became neither events nor losses nor filtered. */
    long missing() {
        long filtered = publisher.filtered().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return merger.returned()
                + publisher.processEvents()
                - ring.submitted()
                - ring.full()
                - merger.dropped()
                - merger.malformed()
                - filtered;
    }
}
