// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.protocol.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the example in {@code examples/node}, a subscriber in another language. Needs node and npm, and npm's packages.
 */
@Tag("network")
@Timeout(300)
class NodeExampleTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void theExamplePrintsEvents(@TempDir Path copy) throws IOException, InterruptedException {
        need(run(copy, "node", "--version") == 0, () -> "node is not installed");
        Path example = Files.createDirectories(copy.resolve("examples/node"));
        for (String file : List.of("package.json", "watch.js")) {
            Files.copy(ROOT.resolve("examples/node").resolve(file), example.resolve(file));
        }
        Path protos = copy.resolve("protocol/src/main/proto/unraced/v1");
        Files.createDirectories(protos);
        for (String file : List.of("unraced.proto", "event.proto")) {
            Files.copy(ROOT.resolve("protocol/src/main/proto/unraced/v1").resolve(file), protos.resolve(file));
        }
        boolean installed = run(example, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock") == 0;
        need(installed, () -> "npm cannot install the example's packages: " + output(example));
        Firehose hose = new Firehose();
        try (Served served = Served.shared(
                hose, () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20))) {
            Process node = start(example, "node", "watch.js", Address.UNIX + served.socket(), "3");
            while (node.isAlive()) {
                hose.make(1, 4711);
                LockSupport.parkNanos(20_000_000);
            }
            assertThat(node.exitValue()).as(output(example)).isZero();
        }
        assertThat(output(example).lines())
                .contains("[4711] openat /usr/lib/locale/C.utf8/LC_MESSAGES = 3 UNCHECKED")
                .hasSize(3);
    }

    /** Skips the test where something is missing, and fails it where the environment requires drivers. */
    private static void need(boolean isThere, Supplier<String> missing) {
        if (!isThere
                && !System.getenv()
                        .getOrDefault(RunnableDriver.REQUIRE_VARIABLE, "")
                        .isBlank()) {
            fail(missing.get());
        }
        assumeTrue(isThere, missing);
    }

    private static int run(Path directory, String... command) throws InterruptedException {
        try {
            Process process = start(directory, command);
            return process.waitFor(200, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static Process start(Path directory, String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private static String output(Path directory) {
        try {
            return Files.readString(directory.resolve("output"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
