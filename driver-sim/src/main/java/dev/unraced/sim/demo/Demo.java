// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.unraced.sim.SimKernel;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a simulated machine busy in real time, from {@link #start} to {@link #stop}: some tens of calls a second,
 * always the same ones in the same order. The machine's clock follows the real one.
 */
public final class Demo {
    private static final long SEED = 2026;

    private final SimKernel kernel;
    private final Play play;
    private final Thread thread = new Thread(this::run, "unraced-demo");
    private volatile boolean stopping;

    /** Creates a demonstration on a machine that has no other user. */
    public Demo(SimKernel kernel) {
        this.kernel = kernel;
        this.play = new Play(kernel, SEED);
        thread.setDaemon(true);
    }

    /** Starts the demonstration; this can be done once. */
    public void start() {
        thread.start();
    }

    /** Stops the demonstration, and returns when the last call has returned. */
    public void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        Uninterruptibles.joinUninterruptibly(thread);
    }

    private void pause(long nanos) {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !stopping; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void run() {
        long offset = kernel.now() - System.nanoTime();
        while (!stopping) {
            kernel.sleepUntil(System.nanoTime() + offset);
            pause(play.next());
        }
    }
}
