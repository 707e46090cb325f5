// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import java.io.IOException;
import java.util.List;

/** Runs loops of openat and close, and then of a call that no observer watches. */
public final class OpenLoop implements AutoCloseable {
    private final CallLoop loop = new CallLoop();

    public OpenLoop() throws IOException {}

    /**
     * The time of an openat and close, averaged over the loops.
     *
     * @param wall nanoseconds that passed
     * @param cpu nanoseconds on a CPU, the kernel's work for the loop included, its reader's not
     * @param unwatched nanoseconds on a CPU of a getppid
     */
    public record Time(double wall, double cpu, double unwatched) {
        /** Returns the better of each figure. */
        public Time least(Time other) {
            return new Time(Math.min(wall, other.wall), Math.min(cpu, other.cpu), Math.min(unwatched, other.unwatched));
        }
    }

    /** Runs some loops at the same time. */
    public Time run(long calls, String path, int loops) throws IOException, InterruptedException {
        CallLoop.Time opens = opens(calls, path, loops);
        CallLoop.Time others = loop.run(new CallLoop.Plan(List.of("getppid"), calls, 0, loops));
        return new Time(opens.wall(), opens.cpu(), others.cpu());
    }

    /** Runs only the opens of {@link #run}. */
    public CallLoop.Time opens(long calls, String path, int loops) throws IOException, InterruptedException {
        return loop.run(new CallLoop.Plan(List.of("open", path), calls, 0, loops));
    }

    @Override
    public void close() throws IOException {
        loop.close();
    }
}
