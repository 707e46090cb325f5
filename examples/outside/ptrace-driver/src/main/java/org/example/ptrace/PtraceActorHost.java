// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.ActorHost;
import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import dev.unraced.ring.Naps;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Starts the kit's actors on this machine, and has the driver watch them.
 *
 * <p>An actor must be no child of this process: the thread of the JVM that waits for its children would take the stops
 * from the tracer. So a shell lies in between.
 */
final class PtraceActorHost implements ActorHost {
    private static final long NAP_NANOS = 1_000_000;
    private static final int PATIENCE_SECONDS = 10;

    private final Set<Long> actors = ConcurrentHashMap.newKeySet();

    @Override
    public Conversation actor() {
        try {
            return NativePart.of(PtraceActorHost.class, "unraced-actor").use(Started::new);
        } catch (NativePartException e) {
            throw new CaptureException(e.getMessage() + " The actor comes with unraced-conformance.", e);
        }
    }

    @Override
    public CaptureConfigBuilder watched(CaptureConfigBuilder config) {
        return config.set("ptrace.processes", List.copyOf(actors));
    }

    private final class Started implements Conversation {
        private final Process shell;
        private final ProcessHandle actor;

        Started(Path program) throws IOException {
            shell = new ProcessBuilder("sh", "-c", "\"$0\"; exit", program.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Naps.until(() -> !shell.isAlive() || running(program).isPresent(), NAP_NANOS);
            actor = running(program).orElseThrow(() -> new IOException("the actor ended"));
            actors.add(actor.pid());
        }

        private Optional<ProcessHandle> running(Path program) {
            return shell.children()
                    .filter(child -> child.info()
                            .command()
                            .filter(program.toString()::equals)
                            .isPresent())
                    .findFirst();
        }

        @Override
        public boolean isHere() {
            return true;
        }

        @Override
        public InputStream replies() {
            return shell.getInputStream();
        }

        @Override
        public OutputStream commands() {
            return shell.getOutputStream();
        }

        @Override
        public void close() {
            actors.remove(actor.pid());
            try {
                if (!shell.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    actor.destroyForcibly();
                }
            } catch (InterruptedException e) {
                actor.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
