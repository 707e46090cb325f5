// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The acting program. It runs one program after the other, each in its own mount namespace. Not thread-safe. */
final class Hunter implements AutoCloseable {
    static final String NAME = "unraced-hunter";
    private static final int PATIENCE_SECONDS = 10;

    private final Path directory;
    private final Process process;
    private final OutputStream commands;
    private final BufferedReader replies;

    private Hunter(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
        this.commands = process.getOutputStream();
        this.replies = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Hunter start() {
        try {
            Path directory = Files.createTempDirectory("unraced-hunt");
            return NativePart.of(Hunter.class, NAME)
                    .use(program -> new Hunter(
                            directory,
                            new ProcessBuilder(program.toString(), directory.toString())
                                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                                    .start()));
        } catch (NativePartException e) {
            throw new HuntException(e.getMessage() + " " + e.remedy(), e);
        } catch (IOException e) {
            throw new HuntException("There is no directory for the hunt: " + e, e);
        }
    }

    /** Runs a program to its end, and returns its log. */
    ActLog run(Program program) {
        byte[] text = program.text().getBytes(StandardCharsets.UTF_8);
        ActLog log = new ActLog();
        try {
            commands.write(("program " + text.length + "\n").getBytes(StandardCharsets.UTF_8));
            commands.write(text);
            commands.flush();
            for (String line = replies.readLine(); !"end".equals(line); line = replies.readLine()) {
                if (line == null) {
                    throw new HuntException("The acting program ended. It needs root, and namespaces of its own.");
                }
                log.add(line);
            }
        } catch (IOException e) {
            throw new HuntException("The acting program does not listen: " + e, e);
        }
        log.finish();
        return log;
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
