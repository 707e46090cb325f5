// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import java.util.Arrays;

/** A capture of this project, with a consumer thread that only counts. */
public final class CaptureObserver implements Observer {
    private final CaptureWay way;

    public CaptureObserver(CaptureWay way) {
        this.way = way;
    }

    @Override
    public String name() {
        return way.name();
    }

    @Override
    public Watch start() throws Refused {
        try {
            return new Counting(Capture.open(way.config()));
        } catch (CaptureException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    /** A watch that counts on the consumer's thread. */
    private static final class Counting implements Watch {
        private final Capture capture;
        private final Thread thread;
        private volatile long[] only = {};
        private long events;
        private long lost;

        Counting(Capture capture) {
            this.capture = capture;
            this.thread = new Thread(
                    () -> capture.consume(event -> {
                        long[] pids = only;
                        if (pids.length == 0 || contains(pids, event.tgid())) {
                            events++;
                        }
                    }),
                    "consumer");
            thread.start();
        }

        private static boolean contains(long[] pids, int tgid) {
            for (long pid : pids) {
                if (pid == tgid) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void only(long pid) {
            long[] more = Arrays.copyOf(only, only.length + 1);
            more[more.length - 1] = pid;
            only = more;
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
        public void close() throws InterruptedException {
            // Events that are still in the ring count as well.
            while (thread.isAlive() && capture.stats().pending() > 0) {
                Thread.sleep(1);
            }
            lost = capture.stats().totalLost();
            capture.close();
            thread.join();
        }
    }
}
