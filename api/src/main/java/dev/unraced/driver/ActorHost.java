// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfigBuilder;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The place whose calls a driver watches, if it is not this whole machine: a sandbox, another host, a simulated kernel,
 * some processes. The conformance kit starts actors there, which make calls.
 *
 * <p>A driver's module binds it with {@link DriverModule#bindActorHost}. All drivers that were discovered together
 * share one host of a name, so a host and its driver can share the place by a singleton that both inject. Thread-safe.
 */
public interface ActorHost {

    /**
     * Starts a new actor on the host: a separate process that makes the system calls of its commands, by the protocol
     * of the conformance kit ({@code conformance/src/main/c/PROTOCOL.md}).
     *
     * @throws CaptureException when the actor cannot be started there; the message names the remedy
     */
    Conversation actor();

    /** Adds the settings that make the driver watch this place, where it could watch another. */
    default CaptureConfigBuilder watched(CaptureConfigBuilder config) {
        return config;
    }

    /** The director's ends of an actor's conversation: one line of ASCII each way. */
    interface Conversation extends AutoCloseable {

        /**
         * Returns whether the actor runs on this machine, as that of a driver does that watches only the processes that
         * it is told of. The kit then looks the actor's threads up in /proc instead of asking the actor.
         */
        default boolean isHere() {
            return false;
        }

        /** Returns the actor's replies; the stream ends when the actor does. */
        InputStream replies();

        /**
         * Returns the stream of commands to the actor, which are sent by flushing; closing it asks the actor to end.
         */
        OutputStream commands();

        /** Waits for the end of the actor and of all its children, and kills those that do not end. */
        @Override
        void close();
    }
}
