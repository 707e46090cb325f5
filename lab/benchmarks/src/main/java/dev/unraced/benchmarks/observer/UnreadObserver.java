// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import java.util.List;

/**
 * A capture whose events nobody reads: what the programs cost without their reader.
 *
 * @param name the observer's name
 * @param config what it captures
 */
record UnreadObserver(String name, CaptureConfig config) implements Observer {
    /** The eBPF driver's captures without a reader: the default one, and one with process events. */
    static final List<UnreadObserver> ALL = List.of(
            new UnreadObserver("unread", config(false)), new UnreadObserver("process-events-unread", config(true)));

    private static CaptureConfig config(boolean hasProcessEvents) {
        return CaptureConfig.builder()
                .driver("ebpf")
                .set("unraced.process-events", hasProcessEvents)
                .build();
    }

    @Override
    public Watch start() throws Refused {
        try {
            return new Unread(Capture.open(config));
        } catch (CaptureException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    /** A watch whose ring fills up, in which case the figure says so by its losses. */
    private static final class Unread implements Watch {
        private final Capture capture;
        private long events;
        private long lost;

        Unread(Capture capture) {
            this.capture = capture;
        }

        @Override
        public long events() {
            return events;
        }

        @Override
        public long lost() {
            return lost;
        }

        @Override
        public void close() {
            events = capture.stats().pending();
            lost = capture.stats().totalLost();
            capture.close();
        }
    }
}
