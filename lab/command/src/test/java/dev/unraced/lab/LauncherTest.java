// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what the script in the root of the tree answers by itself, without a build. */
@Timeout(60)
class LauncherTest {
    @ParameterizedTest
    @CsvSource({
        "'', Usage: ./unraced COMMAND",
        "--help, Usage: ./unraced COMMAND",
        "help, Usage: ./unraced COMMAND",
        "build --help, Usage: ./unraced build",
        "help build, Usage: ./unraced build",
        "test --help, Usage: ./unraced test",
        "help test, Usage: ./unraced test",
    })
    void helpOfItsOwn(String line, String begin) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of("../../unraced").toAbsolutePath().toString()));
        if (!line.isEmpty()) {
            command.addAll(List.of(line.split(" ")));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).startsWith(begin);
        if (!begin.endsWith("COMMAND")) {
            assertThat(said).contains("Exit codes: 0 ");
        }
    }

    /** A shell that waits for a child would go on after SIGINT, if the child ends by itself. */
    @ParameterizedTest
    @ValueSource(strings = {"unraced", "packaging/unraced"})
    void anInterruptDuringTheStartEndsIt(String script, @TempDir Path directory)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(directory.resolve("home/bin"));
        Path begun = directory.resolve("begun");
        Path java = home.resolve("java");
        // It is asked for its version, since there is no file that tells.
        Files.writeString(java, "#!/bin/sh\ntouch " + begun + "\nsleep 0.5\necho java.runtime.version = 17\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Path root = Path.of("../..").toRealPath();
        Path copy = Files.createDirectories(directory.resolve("root/bin")).resolve("unraced");
        Files.copy(root.resolve(script), copy);
        Files.createSymbolicLink(directory.resolve("root/lib"), root.resolve("packaging"));
        Files.createSymbolicLink(copy.resolveSibling("packaging"), root.resolve("packaging"));
        // Nothing is to be built.
        Path target = Files.createDirectories(copy.resolveSibling("cli/target"));
        Files.createFile(target.resolve("unraced-cli.jar"));
        Files.createFile(Files.createDirectories(copy.resolveSibling("target")).resolve("built"));
        // A shell cannot trap a signal that was ignored when it began, as it is behind nohup.
        ProcessBuilder builder =
                new ProcessBuilder("env", "--default-signal=INT", copy.toString(), "version").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", home.getParent().toString());
        Process process = builder.start();
        while (!Files.exists(begun) && process.isAlive()) {
            Thread.sleep(10);
        }
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(130);
    }
}
