// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the reference of the configuration, and the configuration as a file. */
class ConfigCommandTest {
    private static final List<String> CHANGED = List.of(
            "unraced.syscalls=open,connect", "unraced.remote.address=unix:/tmp/a//b", "unraced.filter.paths=/etc");

    @TempDir
    private Path folder;

    private static String run(String... arguments) {
        TestConsole test = new TestConsole();
        assertThat(UnracedCommand.run(test.console(), arguments)).as(test.err()).isZero();
        return test.out();
    }

    /** {@code ./unraced config --markdown} prints what goes between the first paragraph of "Keys" and the next. */
    @Test
    void theManualHasTheReference() throws IOException {
        String reference = run("config", "--markdown");
        assertThat(Files.readString(Path.of("../docs/reference/configuration.md")))
                .contains("\n\n" + reference + "\n");
        assertThat(reference)
                .contains(
                        "### unraced\n",
                        "### unraced.ebpf\n",
                        "### unraced.remote\n",
                        "### unraced.file\n",
                        "### unraced.kafka\n",
                        "### unraced.otlp\n");
    }

    @Test
    void everyKeySaysWhatItMeans() {
        assertThat(CaptureConfig.reference())
                .hasSameSizeAs(CaptureConfig.builder().build().settings())
                .allSatisfy(key -> assertThat(key.description()).as(key.key()).endsWith("."))
                .first()
                .satisfies(key -> assertThat(key.key()).isEqualTo("unraced.driver"));
    }

    @Test
    void whatNobodyHasSetIsAComment() {
        String text = run("config");
        assertThat(text.lines().filter(line -> !line.isEmpty())).allMatch(line -> line.startsWith("#"));
        assertThat(text)
                .contains(
                        "# The system calls to watch, at least one.\n#unraced.syscalls = [open, openat, openat2, creat, connect]\n");
    }

    @Test
    void theOutputIsAFileThatSaysTheSame() throws IOException {
        String text = run("config", "-o", CHANGED.get(0), "-o", CHANGED.get(1), "-o", CHANGED.get(2));
        assertThat(text)
                .contains("# Set by: command line. Default: [open, openat, openat2, creat, connect]")
                .contains("\nunraced.syscalls = [open, connect]\n");
        Path file = Files.writeString(folder.resolve("unraced.conf"), text);
        CaptureConfig read = CaptureConfig.builder().file(file).build();
        CaptureConfig said = CaptureConfig.builder()
                .set("unraced.syscalls", "open,connect")
                .set("unraced.remote.address", "unix:/tmp/a//b")
                .set("unraced.filter.paths", "/etc")
                .build();
        assertThat(read.settings().stream().map(Setting::value))
                .containsExactlyElementsOf(
                        said.settings().stream().map(Setting::value).toList());
        assertThat(read.isDefault("unraced.syscalls")).isFalse();
        assertThat(read.isDefault("unraced.ring-bytes")).isTrue();
    }

    /** With every key set, this checks that a file takes each default. */
    @Test
    void everyValueIsOneThatAFileTakes() throws IOException {
        String text = Pattern.compile("^#(?=unraced)", Pattern.MULTILINE)
                .matcher(run("config"))
                .replaceAll("");
        Path file = Files.writeString(folder.resolve("all.conf"), text);
        assertThat(CaptureConfig.builder().file(file).build().settings().stream()
                        .map(Setting::value))
                .containsExactlyElementsOf(CaptureConfig.builder().build().settings().stream()
                        .map(Setting::value)
                        .toList());
    }

    @Test
    void aMistakeIsOneOfTheCommandLine() {
        TestConsole test = new TestConsole();
        assertThat(UnracedCommand.run(test.console(), "config", "-o", "unraced.ring-bytes=3"))
                .isEqualTo(2);
        assertThat(test.err()).contains("unraced.ring-bytes = 3 (command line)");
    }

    @Test
    void aDriverThatDoesNotExistIsAnError() {
        TestConsole test = new TestConsole();
        assertThat(UnracedCommand.run(test.console(), "config", "-o", "unraced.driver=nope"))
                .isEqualTo(2);
        assertThat(test.err()).contains("nope").contains("ebpf");
    }
}
