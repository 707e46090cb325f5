// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The actor's program, run from a private copy that is gone once it runs. */
final class ActorProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final Process process;

    private ActorProcess(Process process) {
        this.process = process;
    }

    static ActorProcess start() {
        String name = "/META-INF/native/linux-" + machine() + "/unraced-actor";
        try (InputStream program = ActorProcess.class.getResourceAsStream(name)) {
            if (program == null) {
                throw new ActorException("this jar has no actor for this machine: " + name);
            }
            Path directory = Files.createTempDirectory("unraced-actor");
            Path file = directory.resolve("unraced-actor");
            try {
                Files.copy(program, file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
                Process process = new ProcessBuilder(file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                return new ActorProcess(process);
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            throw new ActorException("the actor could not be started", e);
        }
    }

    InputStream replies() {
        return process.getInputStream();
    }

    OutputStream commands() {
        return process.getOutputStream();
    }

    private static String machine() {
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return machine.equals("amd64") ? "x86_64" : machine;
    }

    /** Waits for the end that the closed standard input brings about, and enforces it when it does not come. */
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
