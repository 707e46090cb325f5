// SPDX-License-Identifier: Apache-2.0
package dev.unraced.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Runs programs of the machine that tests need. */
public final class Tools {
    /** When set, a missing program fails a test instead of skipping it. */
    private static final String REQUIRE_VARIABLE = "UNRACED_REQUIRE";

    private Tools() {}

    /** Skips the test when a program is missing, or fails it where no test may be skipped. */
    public static void need(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean found = Stream.of(path.split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        if (!found && !System.getenv().getOrDefault(REQUIRE_VARIABLE, "").isBlank()) {
            fail(program + " is not on the PATH, and " + REQUIRE_VARIABLE + " is set");
        }
        assumeTrue(found, () -> program + " is not on the PATH");
    }

    /** Runs a command that must succeed, and returns its output line by line. */
    public static List<String> run(Path directory, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            fail(String.join(" ", command) + " failed:\n" + output);
        }
        return output.lines().toList();
    }
}
