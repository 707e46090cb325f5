// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;

/** A default capture of the eBPF driver whose events nobody reads: what the programs cost without their reader. */
final class UnreadObserver implements Observer {
    @Override
    public String name() {
        return "unread";
    }

    @Override
    public Watch start() throws Refused {
        try {
            return new Unread(Capture.open(CaptureWay.ALL.get(0).config()));
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
