// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.capture.Capture;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Threads that live as long as this object is reachable, which is while the mutant is judged. */
public final class LeftThreads {
    /** The number of threads, high enough that other threads that end meanwhile do not offset them. */
    private static final int THREADS = 4;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    public Capture around(Capture capture) {
        return new CaptureAround(capture) {
            @Override
            public void close() {
                if (isOpen()) {
                    leave();
                }
                super.close();
            }
        };
    }

    private void leave() {
        WeakReference<LeftThreads> owner = new WeakReference<>(this);
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> linger(owner), "left-behind");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void linger(WeakReference<LeftThreads> owner) {
        while (owner.get() != null) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
