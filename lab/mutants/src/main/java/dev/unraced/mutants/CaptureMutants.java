// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.mutants.fault.BrokenSim;
import dev.unraced.mutants.fault.CaptureAround;
import dev.unraced.mutants.fault.LeftThreads;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.Recount;
import dev.unraced.sim.trace.RecordSink;
import dev.unraced.sim.trace.Seams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Mutants that break a capture's promises to its consumers. */
final class CaptureMutants {
    /** A delay that is longer than the kit's patience with a mutant. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private CaptureMutants() {}

    static List<Mutant> all() {
        return List.of(
                new Mutant("leaves-threads", "leaves threads behind when it closes", Set.of("R13.1"), () -> {
                    LeftThreads left = new LeftThreads();
                    return BrokenSim.of(() -> Seams.NONE.withCapture(left::around));
                }),
                MutantFactory.capturing(
                        "leaves-processes", "leaves a child process behind when it closes", "R13.1", LeftProcess::new),
                MutantFactory.capturing("runs-on", "goes on running long after it was closed", "R15.1", RunsOn::new),
                MutantFactory.capturing(
                        "one-more", "hands over one more event after its handler closed it", "R15.2", OneMore::new),
                MutantFactory.capturing("swallows", "swallows what a handler throws", "R15.3", Swallowing::new),
                MutantFactory.capturing(
                        "shares", "lets a second consumer in, and gives it nothing", "R15.4", Sharing::new),
                MutantFactory.capturing(
                        "dead-but-polite", "has nothing to say against a poll when closed", "R15.5", Polite::new),
                MutantFactory.capturing("deaf", "hears no interrupt while it waits", "R15.6", Deaf::new),
                MutantFactory.capturing(
                        "stale-when-interrupted",
                        "gives an interrupted thread the statistics of before",
                        "R15.6",
                        StaleWhenInterrupted::new),
                MutantFactory.capturing(
                        "generous", "hands over twice as many events as asked for", "R15.7", Generous::new),
                MutantFactory.capturing("incognito", "goes by another name", "R15.8", Incognito::new),
                new Mutant("jealous", "gives all events to the capture that was opened last", Set.of("R15.9"), () -> {
                    AtomicReference<@Nullable RecordSink> last = new AtomicReference<>();
                    return BrokenSim.of(() -> jealous(last));
                }));
    }

    /** Writes records only to the capture that opened last; the statistics of the others do not show the calls. */
    private static Seams jealous(AtomicReference<@Nullable RecordSink> last) {
        Recount recount = new Recount();
        return Seams.NONE.withSource(recount::pretending).withSink(ring -> {
            recount.into(ring);
            last.set(ring);
            return (bytes, length) -> {
                recount.given(bytes);
                if (last.get() == ring) {
                    recount.write(bytes, length);
                }
            };
        });
    }

    /** A capture that starts a child process as it closes; the child ends by itself. */
    private static final class LeftProcess extends CaptureAround {
        LeftProcess(Capture inner) {
            super(inner);
        }

        @Override
        public void close() {
            if (isOpen()) {
                try {
                    new ProcessBuilder("sleep", "20").start();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            super.close();
        }
    }

    private static final class RunsOn extends CaptureAround {
        RunsOn(Capture inner) {
            super(inner);
        }

        @Override
        public void consume(EventHandler handler) {
            super.consume(handler);
            // A close by the handler still ends the delivery at once, as R15.2 demands.
            LockSupport.parkNanos(LATE_NANOS);
        }
    }

    private static final class OneMore extends CaptureAround {
        private volatile @Nullable Thread handling;
        private boolean asked;

        OneMore(Capture inner) {
            super(inner);
        }

        @Override
        public void consume(EventHandler handler) {
            super.consume(event -> {
                handling = Thread.currentThread();
                handler.onEvent(event);
                handling = null;
            });
        }

        @Override
        public void close() {
            if (Thread.currentThread() == handling && !asked) {
                asked = true;
            } else {
                super.close();
            }
        }
    }

    private static final class Swallowing extends CaptureAround {
        Swallowing(Capture inner) {
            super(inner);
        }

        @Override
        public int await(EventHandler handler, int limit, long timeoutNanos) {
            return super.await(
                    new EventHandler() {
                        @Override
                        public void onEvent(EventView event) {
                            try {
                                handler.onEvent(event);
                            } catch (IllegalArgumentException e) {
                                // This mutant swallows the exception on purpose.
                            }
                        }

                        @Override
                        public void onProcess(ProcessView event) {
                            handler.onProcess(event);
                        }
                    },
                    limit,
                    timeoutNanos);
        }
    }

    private static final class Sharing extends CaptureAround {
        Sharing(Capture inner) {
            super(inner);
        }

        @Override
        public int poll(EventHandler handler, int limit) {
            try {
                return super.poll(handler, limit);
            } catch (IllegalStateException e) {
                if (isOpen()) {
                    return 0;
                }
                throw e;
            }
        }
    }

    private static final class Polite extends CaptureAround {
        Polite(Capture inner) {
            super(inner);
        }

        @Override
        public int poll(EventHandler handler, int limit) {
            return isOpen() ? super.poll(handler, limit) : 0;
        }
    }

    private static final class Deaf extends CaptureAround {
        Deaf(Capture inner) {
            super(inner);
        }

        @Override
        public int await(EventHandler handler, int limit, long timeoutNanos) {
            long start = System.nanoTime();
            int count;
            long left;
            do {
                Thread.interrupted();
                left = timeoutNanos - (System.nanoTime() - start);
                count = super.await(handler, limit, left);
            } while (count == 0 && Thread.currentThread().isInterrupted() && left > 0);
            return count;
        }
    }

    private static final class StaleWhenInterrupted extends CaptureAround {
        private CaptureStats last;

        StaleWhenInterrupted(Capture inner) {
            super(inner);
            last = inner.stats();
        }

        @Override
        public synchronized CaptureStats stats() {
            if (!Thread.currentThread().isInterrupted()) {
                last = super.stats();
            }
            return last;
        }
    }

    private static final class Generous extends CaptureAround {
        Generous(Capture inner) {
            super(inner);
        }

        @Override
        public int poll(EventHandler handler, int limit) {
            return super.poll(handler, 2 * limit);
        }
    }

    private static final class Incognito extends CaptureAround {
        Incognito(Capture inner) {
            super(inner);
        }

        @Override
        public String driver() {
            return "simulator";
        }
    }
}
