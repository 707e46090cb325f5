// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.EventHandler;

/**
 * Reads records from one ring or several.
 *
 * <p>One thread at a time may {@link #poll}; any thread may call the other methods. Allocates nothing after
 * construction.
 */
public interface RecordReader {
    /**
     * Hands over the available records. The producer gets the space back only after the handler has returned. An
     * exception of the handler ends the poll, and the next poll goes on after that record.
     *
     * @param limit the largest number of records
     * @return the number of records handed over
     */
    int poll(EventHandler handler, int limit);

    /** Ends a poll in progress after its current record, and makes later polls hand over nothing. */
    void halt();

    /** Returns whether every reserved record has been read. */
    boolean isEmpty();

    /** Returns the bytes of the ring, or of the smallest one. */
    int capacity();

    /** Returns the number of records handed to a handler so far. */
    long delivered();

    /** Returns the number of records skipped so far because they were not well-formed. */
    long malformed();

    /**
     * Releases the ring's memory, which is about to be unmapped. The counts stay. Views that a handler has kept, and
     * this reader itself, point at nothing from then on. No thread may poll at this time or later.
     */
    void detach();
}
