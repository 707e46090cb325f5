// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.ActorHost;
import dev.unraced.sim.actor.SimActor;
import java.io.InputStream;
import java.io.OutputStream;

/** The host of the conformance kit's actors: a simulated kernel. */
final class SimActorHost implements ActorHost {
    private final SimKernel kernel;

    SimActorHost(SimKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public Conversation actor() {
        return new SimConversation(new SimActor(kernel.kernel(), kernel.observerTask()));
    }

    @Override
    public CaptureConfigBuilder watched(CaptureConfigBuilder config) {
        return config.set("sim.kernel", SimKernels.STAGE);
    }

    private record SimConversation(SimActor actor, Lines lines) implements Conversation {
        SimConversation(SimActor actor) {
            this(actor, new Lines(actor::command));
        }

        @Override
        public InputStream replies() {
            return lines.replies();
        }

        @Override
        public OutputStream commands() {
            return lines.commands();
        }

        @Override
        public void close() {
            lines.end();
            actor.end();
        }
    }
}
