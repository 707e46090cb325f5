// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.Meter;
import dev.unraced.benchmarks.measure.Meter.Cost;
import dev.unraced.capture.EventHandler;
import org.jspecify.annotations.Nullable;

/**
 * One thread that makes events and reads them.
 *
 * @param name name of the measurement
 * @param bare makes some calls, unobserved; null without a comparison
 * @param produce makes the given number of events, into a ring
 * @param poll reads them
 */
record SimLoad(String name, @Nullable Produce bare, Produce produce, Poll poll) {
    /** Makes events. */
    @FunctionalInterface
    interface Produce {
        void events(int count);
    }

    /** Reads events, as {@code Capture.poll} does. */
    @FunctionalInterface
    interface Poll {
        int events(EventHandler handler, int limit);
    }

    /**
     * The cost of an event, by the part that does the work.
     *
     * @param bare the machine without an observer
     * @param produce the machine with an observer
     * @param poll the consumer
     */
    record Costs(Cost bare, Cost produce, Cost poll) {
        Cost observer() {
            return produce.minus(bare);
        }

        Cost all() {
            return produce.plus(poll);
        }

        Costs least(Costs other) {
            return new Costs(bare.least(other.bare), produce.least(other.produce), poll.least(other.poll));
        }
    }

    /** Runs batches of events, each read before the next. */
    Costs measure(int batches, int batch, EventHandler handler) {
        Meter bareMeter = new Meter();
        Meter produceMeter = new Meter();
        Meter pollMeter = new Meter();
        for (int i = 0; i < batches; i++) {
            if (bare != null) {
                bareMeter.start();
                bare.events(batch);
                bareMeter.stop();
            }
            produceMeter.start();
            produce.events(batch);
            produceMeter.stop();
            pollMeter.start();
            int read = poll.events(handler, batch);
            pollMeter.stop();
            if (read != batch) {
                throw new IllegalStateException(name + ": " + read + " events of " + batch);
            }
        }
        long events = (long) batches * batch;
        return new Costs(
                bare == null ? Cost.NONE : bareMeter.per(events), produceMeter.per(events), pollMeter.per(events));
    }
}
