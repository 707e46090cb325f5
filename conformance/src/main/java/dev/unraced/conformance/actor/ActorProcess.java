// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** The actor's program, run from a private copy that is deleted once it runs. */
final class ActorProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final Process process;

    private ActorProcess(Process process) {
        this.process = process;
    }

    static ActorProcess start() {
        try {
            return NativePart.of(ActorProcess.class, "unraced-actor")
                    .use(program -> new ActorProcess(new ProcessBuilder(program.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start()));
        } catch (NativePartException e) {
            throw new ActorException(e.getMessage() + " " + e.remedy(), e);
        }
    }

    InputStream replies() {
        return process.getInputStream();
    }

    OutputStream commands() {
        return process.getOutputStream();
    }

    /** Closes the program's standard input, which ends it, and kills it when it does not end. */
    @Override
    public void close() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
