// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The native loop of openat and close. Its program lies in a private file until this is closed. */
final class OpenLoop implements AutoCloseable {
    private final Path program;

    OpenLoop() throws IOException {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String name = "/META-INF/native/linux-" + (arch.equals("amd64") ? "x86_64" : arch) + "/open-loop";
        program = Files.createTempFile(
                "unraced-open-loop",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (InputStream in = OpenLoop.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this build has no " + name);
            }
            Files.write(program, in.readAllBytes());
        }
    }

    /**
     * What an openat and close take, on an average of the loops.
     *
     * @param wall nanoseconds that passed
     * @param cpu nanoseconds on a processor, the kernel's work for the loop included, its reader's not
     * @param unwatched the same of a getppid
     */
    record Time(double wall, double cpu, double unwatched) {
        /** Each figure's best. */
        Time least(Time other) {
            return new Time(Math.min(wall, other.wall), Math.min(cpu, other.cpu), Math.min(unwatched, other.unwatched));
        }
    }

    /** Runs some loops at the same time. */
    Time run(long calls, String path, int loops) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            processes.add(new ProcessBuilder(program.toString(), Long.toString(calls), path)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }
        double wall = 0;
        double cpu = 0;
        double unwatched = 0;
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (process.waitFor() != 0) {
                throw new IOException("the loop failed with " + process.exitValue());
            }
            String[] figures = output.strip().split(" ", -1);
            wall += Double.parseDouble(figures[0]);
            cpu += Double.parseDouble(figures[1]);
            unwatched += Double.parseDouble(figures[2]);
        }
        return new Time(wall / loops, cpu / loops, unwatched / loops);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(program);
    }
}
