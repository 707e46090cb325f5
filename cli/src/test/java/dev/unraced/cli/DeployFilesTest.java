// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.protocol.Address;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParseResult;

/** Tests that the files under {@code deploy} fit the command that they start. */
class DeployFilesTest {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final String SOCKET = Address.DEFAULT.substring(Address.UNIX.length());

    private static String one(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    private static void assertAccepted(List<String> arguments) {
        ParseResult parsed = UnracedCommand.commandLine(new TestConsole().console(), Drivers::discover)
                .parseArgs(arguments.toArray(String[]::new));
        assertThat(parsed.subcommand().commandSpec().name()).isEqualTo("serve");
        assertThat(parsed.subcommand().unmatched()).isEmpty();
    }

    @Test
    void theUnitStartsACommandThatThereIs() throws IOException {
        String unit = Files.readString(DEPLOY.resolve("systemd/unraced.service"));
        String command = one("\nExecStart=(\\S+ [^\n]+)", unit);
        // The unit's users and groups need not exist on this machine.
        assertAccepted(Arrays.stream(command.split(" "))
                .skip(1)
                // These are the operator's own.
                .filter(word -> !word.equals("$SERVE_OPTIONS"))
                .map(word -> word.equals("unraced") ? "root" : word)
                .toList());
        assertThat(unit).containsPattern("\nExecReload=\\+\\S+ reload\n");
        assertThat("/run/" + one("\nRuntimeDirectory=(\\S+)", unit))
                .as("the folder of the socket is made for the service")
                .isEqualTo(Path.of(SOCKET).getParent().toString());
        assertThat(unit)
                .as("a system call that is refused must not kill the server")
                .contains("\nSystemCallErrorNumber=EPERM\n");
    }

    @Test
    void theDaemonSetStartsACommandThatThereIs() throws IOException {
        String pod = Files.readString(DEPLOY.resolve("kubernetes/unraced.yaml"));
        List<String> arguments = Arrays.stream(one("args: \\[(.*?)]", pod).split(","))
                .map(word -> word.strip().replace("\"", ""))
                .toList();
        assertAccepted(arguments);
        assertThat(arguments).contains(Address.DEFAULT);
        String folder = Path.of(SOCKET).getParent().toString();
        assertThat(pod)
                .contains("--metrics, \"0.0.0.0:9464\"", "{name: metrics, containerPort: 9464}")
                .contains("httpGet: {path: /health, port: metrics}")
                .contains("{name: run, mountPath: " + folder + "}")
                .contains("hostPath: {path: " + folder + ",")
                .contains("privileged: false", "drop: [ALL]", "add: [BPF, PERFMON, DAC_READ_SEARCH]");
        List<String> mounted = Pattern.compile("- \\{name: (\\w+), mountPath")
                .matcher(pod)
                .results()
                .map(result -> result.group(1))
                .toList();
        List<String> volumes = Pattern.compile("\n        - name: (\\w+)")
                .matcher(pod)
                .results()
                .map(result -> result.group(1))
                .filter(name -> !name.equals("serve"))
                .toList();
        assertThat(mounted).isNotEmpty().containsExactlyElementsOf(volumes);
    }
}
