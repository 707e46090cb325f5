// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.io.IOException;
import java.util.function.LongConsumer;

/** Work for a machine that is observed. It is set up when made; {@link #close} undoes that. */
interface Workload extends AutoCloseable {
    String name();

    /** What one round of it is, for a table's title. */
    String round();

    /** Rounds that make about half a second on a common machine. */
    long rounds();

    /**
     * Works, and says how long a round took.
     *
     * @param pids is told of each process that makes the calls, where they are known before they begin
     */
    CallLoop.Time run(long rounds, int loops, LongConsumer pids) throws IOException, InterruptedException;

    @Override
    default void close() throws IOException, InterruptedException {}
}
