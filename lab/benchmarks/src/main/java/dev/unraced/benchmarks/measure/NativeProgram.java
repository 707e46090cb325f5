// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A program in C from this jar. It lies in a private directory until this is closed. */
public final class NativeProgram implements AutoCloseable {
    private final Path directory;
    private final Path program;

    public NativeProgram(String name) throws IOException {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String resource = "/META-INF/native/linux-" + (arch.equals("amd64") ? "x86_64" : arch) + "/" + name;
        try (InputStream in = NativeProgram.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("this build has no " + resource);
            }
            directory = Files.createTempDirectory("unraced-bench");
            program = Files.createFile(
                    directory.resolve(name),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.write(program, in.readAllBytes());
        }
    }

    /** Starts the program; its standard error is that of this process. */
    public Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(arguments);
        command.add(0, program.toString());
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(program);
        Files.deleteIfExists(directory);
    }
}
