// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import java.io.IOException;
import java.util.function.LongConsumer;

/** Work for an observed machine. It is set up when made; {@link #close} undoes that. */
public interface Workload extends AutoCloseable {
    String name();

    /** Describes one round for a table's title. */
    String round();

    /** Returns the rounds that make about half a second on a common machine. */
    long rounds();

    /**
     * Runs the work, and returns how long a round took.
     *
     * @param pids gets the id of each process that makes the calls, if it is known before they begin
     */
    CallLoop.Time run(long rounds, int loops, LongConsumer pids) throws IOException, InterruptedException;

    @Override
    default void close() throws IOException, InterruptedException {}
}
