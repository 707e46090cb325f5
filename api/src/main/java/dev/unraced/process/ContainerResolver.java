// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.config.CaptureConfig;
import java.time.Duration;
import java.util.Map;

/** Asks a container runtime for its containers. One thread at a time calls it; it may take seconds. */
public interface ContainerResolver {

    /** Returns the containers that the runtime has now, or why it does not say. */
    Listing list();

    /** Returns the least time between the begin of two questions. */
    default Duration pause() {
        return Duration.ofMillis(200);
    }

    /** An answer. */
    sealed interface Listing {}

    /**
     * The containers of the runtime.
     *
     * @param byId their details by their ids
     */
    record Containers(Map<String, ContainerDetails> byId) implements Listing {}

    /**
     * No answer.
     *
     * @param reason why, for programs
     * @param message why, for people, and what to do
     */
    record Failure(ContainerAbsence reason, String message) implements Listing {}

    /** Makes resolvers; found by {@link java.util.ServiceLoader}. The artifact {@code unraced-cri} has one. */
    @FunctionalInterface
    interface Provider {
        /**
         * Returns a resolver, which connects to nothing before it is asked.
         *
         * @param config the configuration, in which a section of the provider's own has its settings
         * @throws dev.unraced.config.InvalidConfigException when settings are wrong
         */
        ContainerResolver open(CaptureConfig config);
    }
}
