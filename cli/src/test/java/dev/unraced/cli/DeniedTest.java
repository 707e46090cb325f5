// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the command where files may not be read or written, as root without any capability: it says which, and why. */
@Timeout(60)
class DeniedTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void closeWhatTheCommandWants() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can take setpriv's way");
        Files.writeString(directory.resolve("unreadable"), "unraced.driver = scripted\n");
        Files.createDirectory(directory.resolve("closed"));
        for (String name : List.of("unreadable", "closed")) {
            Files.setPosixFilePermissions(directory.resolve(name), PosixFilePermissions.fromString("---------"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | watch --driver scripted --config DIR/unreadable | file DIR/unreadable (command line): cannot be read, Permission denied",
                "1 | watch --driver scripted --record DIR/closed/a.rec | Recording DIR/closed/a.rec cannot be created: Permission denied.",
                "2 | replay DIR/unreadable | DIR/unreadable is no file that can be read",
                "1 | gvisor config --no-check --output DIR/closed/session.json | DIR/closed/session.json cannot be written to: Permission denied",
                "1 | gvisor config --no-check --output DIR/closed/new/session.json | DIR/closed/new/session.json cannot be written to: Permission denied",
                "1 | gvisor config --no-check --output DIR/unreadable/new/session.json | DIR/unreadable/new/session.json cannot be written to: Not a directory",
                "1 | serve --driver scripted --listen unix:DIR/closed/socket | Cannot listen at unix:DIR/closed/socket: Permission denied",
                "1 | serve --driver scripted --listen unix:DIR/closed/new/socket | Cannot make way for the socket DIR/closed/new/socket: DIR/closed/new: Permission denied",
                "1 | serve --driver scripted --listen unix:DIR/unreadable/new/socket | Cannot make way for the socket DIR/unreadable/new/socket: DIR/unreadable: File exists",
                "2 | watch --driver scripted --ready-file DIR/closed/ready | --ready-file DIR/closed/ready cannot be written",
            })
    void theFileAndTheReasonAreNamed(int code, String line, String said) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"));
        command.addAll(JvmCommand.of(List.of(), replaced(line).split(" ")).command());
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(errors).isEqualTo(code);
        assertThat(errors).contains(replaced(said)).doesNotContain("Exception").doesNotContain("\tat ");
    }

    /** The verdict is about what was asked for, and the simulator that could run was not. */
    @ParameterizedTest
    @CsvSource({"doctor", "doctor --driver ebpf", "doctor --driver ebpf --json"})
    void theVerdictOfTheDoctorIsTheExitCode(String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"));
        command.addAll(JvmCommand.of(List.of(), line.split(" ")).command());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isEqualTo(1);
        if (line.endsWith("--json")) {
            assertThat(said).contains("\"can_run\":false").containsOnlyOnce("this process has none");
        } else {
            assertThat(said).startsWith("Capturing does not work here. Asked for: ebpf.\n  ebpf: ");
        }
    }

    private String replaced(String text) {
        return text.replace("DIR", directory.toString());
    }
}
