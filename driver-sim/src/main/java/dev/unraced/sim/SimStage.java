// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.Stage;
import dev.unraced.sim.actor.SimActor;
import java.io.InputStream;
import java.io.OutputStream;

/** The stage of the conformance kit's actors: a simulated kernel. */
final class SimStage implements Stage {
    private final SimKernel kernel;

    SimStage(SimKernel kernel) {
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
