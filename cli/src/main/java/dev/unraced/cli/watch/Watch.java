// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.EventHandler;
import dev.unraced.cli.common.OutputException;
import dev.unraced.recording.RecordingException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Passes on a capture's events until there is a reason to stop. */
final class Watch {
    private static final int BATCH = 4096;
    /** The longest time until a request to stop is noticed. */
    private static final long WAIT_NANOS = 200_000_000;

    private final Capture capture;
    private final EventPrinter printer;
    private final Recording recording;
    private final EventHandler handler;
    private final Runnable pulse;
    private final long count;
    private final long durationNanos;
    private BooleanSupplier isOver = () -> false;
    private volatile boolean stopping;

    /**
     * Prepares a watch.
     *
     * @param pulse what to do several times a second, between events
     * @param count the most lines to print
     * @param duration the longest time to run
     */
    Watch(Capture capture, EventPrinter printer, Recording recording, Runnable pulse, long count, Duration duration) {
        this.capture = capture;
        this.printer = printer;
        this.recording = recording;
        this.handler = recording.before(printer);
        this.pulse = pulse;
        this.count = count;
        this.durationNanos = duration.toNanos();
    }

    /** Lets {@link #run} return once this is true. It is asked before every batch. */
    void stopWhen(BooleanSupplier question) {
        isOver = question;
    }

    /** Asks {@link #run} to return; from any thread, at any time. */
    void stop() {
        stopping = true;
    }

    /**
     * Runs until enough lines are printed, time is up, {@link #stop} is called or {@link #stopWhen} says so, or the
     * capture is closed or has ended.
     *
     * @throws CaptureException when the capture cannot go on; the events before that are printed
     * @throws OutputException when the output cannot be written to
     * @throws RecordingException when the recording cannot be written to
     */
    void run() {
        long start = System.nanoTime();
        while (!stopping && left() > 0 && !isOver.getAsBoolean()) {
            pulse.run();
            long timeLeft = durationNanos - (System.nanoTime() - start);
            if (timeLeft <= 0 || !await(Math.min(timeLeft, WAIT_NANOS))) {
                break;
            }
        }
        if (left() > 0 && capture.isOpen() && !capture.isEnded()) {
            drain();
        }
        printer.flush();
    }

    /** Prints the events that waited at the stop, so that they are no loss. */
    private void drain() {
        long pending = capture.stats().pending();
        while (pending > 0 && left() > 0) {
            int handed = capture.poll(handler, (int) Math.min(pending, limit()));
            if (handed == 0) {
                return;
            }
            pending -= handed;
        }
    }

    /** Takes a batch; returns whether more can follow. */
    private boolean await(long timeoutNanos) {
        int limit = limit();
        try {
            int handed = capture.await(handler, limit, timeoutNanos);
            if (handed < limit) {
                printer.flush();
            }
            if (handed == 0) {
                recording.idle();
            }
        } catch (CaptureException e) {
            printer.flush();
            throw e;
        } catch (IllegalStateException e) {
            // Another thread may have closed the capture since this one looked.
            if (capture.isOpen()) {
                throw e;
            }
        }
        return capture.isOpen() && !capture.isEnded();
    }

    /** Returns the most events to take: no more than lines left to print, so that none is taken in vain. */
    private int limit() {
        return (int) Math.min(BATCH, left());
    }

    private long left() {
        return count - printer.accepted();
    }
}
