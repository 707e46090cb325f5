// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import java.nio.ByteBuffer;

/** The sink of finished records. */
@FunctionalInterface
public interface RecordSink {

    /**
     * Takes a copy of a record.
     *
     * @param record holds the record from offset 0 on
     * @param length in bytes
     */
    void submit(ByteBuffer record, int length);
}
