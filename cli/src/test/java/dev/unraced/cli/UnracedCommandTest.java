// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnracedCommandTest {
    private final TestConsole test = new TestConsole();

    @Test
    void findsDriversByItself() {
        assertThat(run("watch", "--driver", "scripted", "--count", "1")).isZero();
        assertThat(test.out()).contains("\"/etc/hosts\"");
    }

    @Test
    void anUnknownDriverNamesTheNearestAndWhoSaidIt() {
        assertThat(run("watch", "--driver", "scriptd")).isEqualTo(2);
        assertThat(test.err())
                .contains("'scriptd' (unraced.driver, command line)")
                .contains("the nearest is scripted")
                .doesNotContain("\tat ");
    }

    @Test
    void aKeyThatIsLikeNoneNamesNone() {
        assertThat(run("watch", "--set", "foo=bar")).isEqualTo(2);
        assertThat(test.err()).contains("foo (command line): no such key").doesNotContain("nearest");
    }

    /** All commands have one rule: an error in the command line or the configuration is 2, a failure here is 1. */
    @ParameterizedTest
    @CsvSource({
        "2, watch --driver nobody",
        "2, serve --driver nobody",
        "2, attack --driver nobody",
        "2, conformance --driver nobody",
        "2, 'watch --driver replay --set replay.timing=orignal'",
        "2, 'watch --driver scripted,sim --set unraced.stash.entries=0'",
        "2, 'watch --driver sim,scripted --set sim.kernel=demmo'",
        "2, 'watch --driver remote --set remote.address=host:4317'",
        "2, 'watch --driver remote --set remote.address=localhost:4317 --set remote.certificate=/nowhere/a"
                + " --set remote.key=/nowhere/b --set remote.authorities=/nowhere/c'",
        "2, 'serve --driver scripted --listen 0.0.0.0:0'",
        "2, 'serve --driver scripted --listen 127.0.0.1:0'",
        "2, 'serve --driver scripted --listen 127.0.0.1:0 --certificate /nowhere/a --key /nowhere/b --authorities /nowhere/c'",
        "2, 'serve --driver scripted --listen 127.0.0.1:0 --plaintext --sink nowhere'",
        "2, 'serve --driver sim --listen 127.0.0.1:0 --plaintext --pods'",
        "2, doctor --config /nowhere",
        "2, doctor --set foo=bar",
        "2, explain nonsense",
        "2, attack nonsense",
        "2, completion fish",
        "2, size --rate x",
        "2, nonsense",
        "2, 'wacth --help'",
        "1, 'watch --driver replay --set replay.file=/nowhere'",
        "1, 'watch --driver remote --set remote.address=unix:/proc/nowhere/socket --set remote.patience-ms=100'",
        "1, 'serve --driver scripted --listen unix:/proc/nowhere/socket'",
    })
    void whatIsWrongWithTheCommandLineIsNotWhatFailsHere(int code, String line) {
        assertThat(run(line.split(" "))).as(test.err()).isEqualTo(code);
        assertThat(test.err())
                .isNotBlank()
                .doesNotContain("\tat ", "unexpected error")
                .doesNotContainPattern("Exception|Error\\b");
    }

    @Test
    void aWrongConfigurationIsAUsageErrorThatNamesTheNearestKey() {
        assertThat(run("watch", "-o", "stash.entris=5")).isEqualTo(2);
        assertThat(test.err())
                .contains("stash.entris")
                .contains("unraced.stash.entries")
                .doesNotContain("\tat ");
    }

    @Test
    void anUnknownOptionNamesTheNearest() {
        assertThat(run("watch", "--jsn")).isEqualTo(2);
        assertThat(test.err()).contains("Unknown option: '--jsn'").contains("Did you mean --json or --json-schema?");
        assertThat(run("watch", "--remote", "unix:/run/unraced.sock")).isEqualTo(2);
        assertThat(test.err()).contains("Did you mean --driver remote --set remote.address=ADDRESS?");
        assertThat(run("version")).isEqualTo(2);
        assertThat(test.err()).contains("Did you mean --version?");
    }

    @ParameterizedTest
    @CsvSource({
        "--count, 0",
        "--count, x",
        "--duration, 5x",
        "--duration, -1",
        "--duration, 0",
        "--container, ''",
        "--container, 'zzz!'",
        "--not-path, ''",
        "--path-like, ''",
        "--comm, ''",
        "--exe, '/usr/bin/*'",
        "--syscalls, read",
        "--mitigation, on",
        "--pid, x",
        "--pid, 0",
        "--uid, 4294967295",
        "--uid, nobody-has-this-name",
        "--cgroup, x",
        "--cgroup, /nowhere",
        "--cgroup, /etc",
        "--comm, sixteen-bytes-xx",
        "--config, /nowhere",
        "--color, blue",
    })
    void wrongValuesAreUsageErrors(String option, String value) {
        assertThat(run("watch", "--driver", "scripted", option, value))
                .as(test.err())
                .isEqualTo(2);
        assertThat(test.err()).contains(value).doesNotContain("\tat ", "Exception");
        // Messages about the configuration name the layer that is wrong.
        assertThat(test.err()).containsAnyOf("'" + option + "'", option + " ", option + ":", "(command line)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--color      | auto, always, never",
                "--mitigation | off, stash, kernel",
                "--syscalls   | open, openat, openat2, creat, connect",
                "--integrity  | unchecked, match, changed, differs",
            })
    void listsOfValuesAreInTheSpellingThatIsAccepted(String option, String values) {
        assertThat(run("watch", option, "blue")).isEqualTo(2);
        assertThat(test.err()).contains("'" + option + "'").contains("'blue' is none of " + values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "serve --driver scripted --max-calls abc     | '--max-calls' | 'abc' is not a whole number",
                "watch --driver scripted --count abc         | '--count'     | 'abc' is not a whole number",
                "watch --driver scripted --mount-ns x        | '--mount-ns'  | 'x' is not a whole number",
                "serve --driver scripted --max-calls 3000000000 | '--max-calls' | '3000000000' is too large",
                "conformance --driver scripted --intensity x | '--intensity' | 'x' is not a number",
            })
    void whatIsNoNumberIsSaidWithoutJavasTypes(String line, String option, String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(test.err()).contains(option).contains(message);
    }

    @Test
    void sandboxesThatAreNotNamedAreAUsageError() {
        assertThat(run("gvisor", "status")).isEqualTo(2);
        assertThat(test.err())
                .contains("unraced gvisor status: name sandboxes, or --all")
                .contains("Try 'unraced gvisor status --help'.");
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsNamedBeforeAnybodyConnects(@TempDir Path directory)
            throws IOException, InterruptedException {
        for (String name : new String[] {"one", "other"}) {
            Process openssl = new ProcessBuilder(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
                                    + " -nodes -days 2 -subj /CN=" + name + " -keyout " + name + ".key -out " + name
                                    + ".pem")
                            .split(" "))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(openssl.waitFor()).isZero();
        }
        Path certificate = directory.resolve("one.pem");
        Path key = directory.resolve("other.key");
        String files = " --certificate " + certificate + " --key " + key + " --authorities " + certificate;
        String mismatch = key + " is not the private key of the certificate in " + certificate;

        assertThat(run(("serve --driver scripted --listen 127.0.0.1:0" + files).split(" ")))
                .isEqualTo(2);
        assertThat(test.err()).contains(mismatch);
        String before = test.err();
        String settings = files.replaceAll("--(\\w+) ", "--set remote.$1=");
        assertThat(run(("watch --driver remote --set remote.address=127.0.0.1:9" + settings).split(" ")))
                .isEqualTo(2);
        assertThat(test.err().substring(before.length())).contains(mismatch);
    }

    @Test
    void allMistakesOfAConfigurationAreToldAtOnce() {
        assertThat(run("watch", "--driver", "nope", "-o", "mitigation=bad", "--path", "/tmp/*"))
                .isEqualTo(2);
        assertThat(test.err())
                .contains("no driver is named 'nope' (unraced.driver, command line)")
                .contains("unraced.mitigation = bad (command line)")
                .contains("unraced.filter.paths = ")
                .contains("\n3) ");
    }

    @Test
    void failedAndSucceededExcludeEachOther() {
        assertThat(run("watch", "--failed", "--succeeded")).isEqualTo(2);
        assertThat(run("watch", "--driver", "scripted", "--failed", "--result", "succeeded"))
                .isEqualTo(2);
        assertThat(test.err()).contains("--failed leaves nothing of what --result");
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(run()).isEqualTo(2);
        assertThat(test.err()).contains("Try 'unraced --help'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "watch --help", "doctor --help", "conformance --help", "completion --help"})
    void helpHasExamplesAndExitCodes(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(test.out()).contains("Examples:").contains("Exit codes:");
    }

    @Test
    void versionIsFilledIn() {
        assertThat(run("--version")).isZero();
        assertThat(test.out()).startsWith("unraced ").doesNotContain("$").doesNotContain("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "watch --help",
                "--version",
                "completion bash",
                "man",
                "config",
                "doctor --driver sim",
                "doctor --driver sim --json",
                "gvisor config --no-check",
                "kmod status",
                "watch --driver scripted --count 1",
                "watch --driver scripted --count 1 --summary",
            })
    void whatCannotBeWrittenIsAFailure(String line) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThat(UnracedCommand.run(test.console(full), line.split(" "))).isEqualTo(1);
        assertThat(test.err())
                .contains("Standard output cannot be written to: No space left on device")
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--listen 127.0.0.1:PORT --plaintext", "--listen unix:SOCKET --metrics PORT"})
    void aPortInUseIsNamedWithItsReasonAlone(String options, @TempDir Path directory) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            String line = "serve --driver scripted "
                    + options.replace("PORT", port)
                            .replace("SOCKET", directory.resolve("socket").toString());
            assertThat(run(line.split(" "))).as(test.err()).isEqualTo(1);
            assertThat(test.err())
                    .contains("127.0.0.1:" + port + ": Address already in use")
                    .doesNotContain("bind(")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void anOptionThatIsNoPairIsNamedOnce() {
        assertThat(run("watch", "--set", "foo")).isEqualTo(2);
        assertThat(test.err())
                .contains("Value for option '--set' (KEY=VALUE) should be in KEY=VALUE format but was foo");
    }

    @Test
    void aModuleThatIsNotBuiltIsToldOnStandardError(@TempDir Path directory) {
        assertThat(run("kmod", "load", "--directory", directory.toString())).isEqualTo(1);
        assertThat(test.err()).contains("First run: unraced kmod build");
        assertThat(test.out()).isEmpty();
    }

    private int run(String... args) {
        return UnracedCommand.run(test.console(), args);
    }
}
