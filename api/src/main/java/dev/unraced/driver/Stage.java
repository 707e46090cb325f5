// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.config.CaptureConfigBuilder;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The place whose calls a driver watches, where that is not this machine: a sandbox, another host, a simulated kernel.
 * The conformance kit has actors make their calls there.
 *
 * <p>A driver's module binds it with {@link DriverModule#bindStage}. There is one for the drivers that were discovered
 * together, so a stage and its driver can share the place by a singleton that both inject. Thread-safe.
 */
public interface Stage {

    /**
     * Brings a fresh actor onto the stage: a process of its own that makes the system calls it is told to, by the
     * protocol of the conformance kit ({@code conformance/src/main/c/PROTOCOL.md}).
     *
     * @throws CaptureException when it cannot be brought there; the message names the remedy
     */
    Conversation actor();

    /** Adds to a configuration what makes the driver watch this place, where it could watch another. */
    default CaptureConfigBuilder watched(CaptureConfigBuilder config) {
        return config;
    }

    /** The ends of an actor's conversation that its director holds: one line of ASCII each way. */
    interface Conversation extends AutoCloseable {

        /** What the actor says; ends when the actor does. */
        InputStream replies();

        /** What the actor is told, once flushed; closing it asks the actor to end. */
        OutputStream commands();

        /** Waits for the end of the actor and of all its children, and enforces it when it does not come. */
        @Override
        void close();
    }
}
