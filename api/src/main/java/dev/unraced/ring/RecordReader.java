// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.driver.EventHandler;

/**
 * Reads records out of one ring or several.
 *
 * <p>One thread at a time may {@link #poll}; all else may be asked by any. Allocates nothing after construction.
 */
public interface RecordReader {
    /**
     * Hands over the records that are there. Space is given back to the producer only after the handler has returned.
     * What the handler throws ends the poll; the record is then done with.
     *
     * @param limit how many at the most
     * @return how many were handed over
     */
    int poll(EventHandler handler, int limit);

    /** Ends a poll in progress after the record that it is at, and makes later ones hand over nothing. */
    void halt();

    /** Whether everything that was reserved has been read. */
    boolean isEmpty();

    /** Records handed to a handler so far. */
    long delivered();

    /** Records skipped so far because they were not well-formed. */
    long malformed();

    /**
     * Lets go of the ring's memory, which is about to be unmapped. The counts stay. The views that a handler may have
     * kept, and this reader itself, point at nothing from then on. Nobody polls at this time or later.
     */
    void detach();
}
