// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.failedOpen;
import static dev.unraced.format.SampleEvents.hex;
import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.record;
import static dev.unraced.format.SampleEvents.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.scripted.ScriptedCapture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.format.JsonLines;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchCommandTest {
    private static final List<byte[]> MIXED = List.of(
            record(open("/etc/hosts")),
            record(failedOpen("/nowhere").comm(utf8("bash"))),
            record(connect("020000507f000001")),
            record(connect("01002f72756e2f78")));

    private static final String BEGUN = "unraced: capturing with scripted (mode stash), all processes; Ctrl-C ends\n";

    private final Drivers drivers = mock();
    private final TestConsole test = new TestConsole();
    private @Nullable CaptureConfig config;
    private @Nullable ScriptedCapture capture;

    @Test
    void topNeedsACursor() {
        TestConsole errors = new TestConsole();
        Console dumb = new Console(
                OutputStream.nullOutputStream(), errors.console().err(), true, false, true, Map.of("TERM", "dumb"));
        assertThat(watch(dumb, new ScriptedCapture(MIXED), "--top")).isEqualTo(2);
        assertThat(errors.err()).contains("--top moves the cursor, which TERM=dumb does not have");
        assertThat(watch(dumb, new ScriptedCapture(MIXED), "--count", "4")).isZero();
        assertThat(errors.err()).doesNotContain("\u001b");
    }

    @Test
    void noErrorMessageMovesTheCursor() {
        for (String option : List.of("--comm", "--format", "--config", "--driver", "--bad\u009b2J")) {
            assertThat(watch(new ScriptedCapture(MIXED), option, "x\u001b[2J\u009b2J\u202eabcdefghijklmnop", "--debug"))
                    .isEqualTo(2);
        }
        assertThat(test.err()).contains("?[2J").doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Test
    void topNeedsATerminal() {
        assertThat(watch(new ScriptedCapture(MIXED), "--top")).isEqualTo(2);
        assertThat(test.err()).contains("--top needs a terminal; --summary counts until the end");
    }

    @Test
    void theReadyFileIsThereWhileEventsAreCaptured(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("ready");
        Files.writeString(file, "4711\n");
        List<String> seen = new ArrayList<>();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                seen.add(Files.readString(file));
            }
        };
        assertThat(watch(
                        test.console(out), new ScriptedCapture(MIXED), "--count", "4", "--ready-file", file.toString()))
                .isZero();
        assertThat(seen).isNotEmpty().containsOnly(ProcessHandle.current().pid() + "\n");
        assertThat(directory).isEmptyDirectory();
        assertThat(watch(new ScriptedCapture(MIXED), "--ready-file", directory.toString()))
                .isEqualTo(2);
        assertThat(test.err()).contains("--ready-file " + directory + " cannot be written");
        Files.writeString(file, "notes of mine");
        assertThat(watch(new ScriptedCapture(MIXED), "--ready-file", file.toString()))
                .isEqualTo(2);
        assertThat(test.err()).contains("--ready-file " + file + " has another content than a process id");
        assertThat(file).hasContent("notes of mine");
    }

    @Test
    void theReadyFileOfAKilledWatchIsGoneWhateverComesNext(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("ready"), "4711\n");
        assertThat(watch(new ScriptedCapture(MIXED), "--count", "0", "--ready-file", file.toString()))
                .isEqualTo(2);
        assertThat(file).doesNotExist();

        Path link = Files.createSymbolicLink(directory.resolve("link"), Files.writeString(file, "4711\n"));
        assertThat(watch(new ScriptedCapture(MIXED), "--ready-file", link.toString()))
                .isEqualTo(2);
        assertThat(test.err()).contains("--ready-file " + link + " is no regular file");
        assertThat(link).isSymbolicLink();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--record", "--ready-file", "--config"})
    void anEmptyTextIsNoFile(String option) {
        assertThat(watch(new ScriptedCapture(MIXED), option, "")).isEqualTo(2);
        assertThat(test.err())
                .contains("Invalid value for option '" + option + "'", "it needs the path of a file, not ''");
    }

    @Test
    void twoFormatsExcludeEachOther() {
        assertThat(watch(new ScriptedCapture(MIXED), "--json", "--format", "Table"))
                .isEqualTo(2);
        assertThat(test.err()).contains("--json and --format table exclude each other");
        assertThat(watch(new ScriptedCapture(MIXED), "--json", "--format", "JSON", "--count", "1"))
                .isZero();
    }

    @Test
    void printsEveryEventAndASummary() {
        assertThat(watch(new ScriptedCapture(MIXED), "--count", "4")).isZero();

        assertThat(test.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"/etc/hosts\""),
                        line -> assertThat(line).contains("bash[4242]").contains("= ENOENT"),
                        line -> assertThat(line).contains("127.0.0.1:80"),
                        line -> assertThat(line).contains("unix:\"/run/x\""));
        assertThat(test.err())
                .isEqualTo(BEGUN + "unraced: 4 printed; driver scripted: 9 returned, 4 delivered, 0 lost,"
                        + " 5 filtered (SELF 3, UID 2), balanced\n");
        assertThat(capture).matches(closed -> !closed.isOpen());
    }

    @Test
    void countStopsAfterExactlySoManyLines() {
        assertThat(watch(ScriptedCapture.repeating(MIXED, 100_000), "--count", "5001", "--json"))
                .isZero();

        assertThat(JsonLines.parse(test.out())).hasSize(5_001);
    }

    @Test
    void countCountsLinesNotEvents() {
        watch(ScriptedCapture.repeating(MIXED, 100_000), "--count", "7", "--failed", "--json");

        assertThat(JsonLines.parse(test.out()))
                .hasSize(7)
                .allSatisfy(event -> assertThat(event).containsEntry("error", "ENOENT"));
        assertThat(test.err()).contains("7 printed, ").contains(" not printed;");
    }

    @Test
    void durationEndsIt() {
        assertThat(watch(new ScriptedCapture(MIXED), "--duration", "1ms")).isZero();

        assertThat(test.out().lines()).hasSize(4);
        assertThat(test.err()).contains(" 4 delivered, 0 lost");
    }

    @Test
    void whatSucceededIsTheRest() {
        assertThat(paths("--succeeded")).containsExactly("/etc/hosts", null, null);
        assertThat(paths("--failed")).containsExactly("/nowhere");
    }

    @Test
    void aCallThatWasRefusedBeforeItRanHasFailedWhateverItsResult() {
        List<byte[]> refused = List.of(record(open("/refused").flag(EventFlag.NOT_EXECUTED)));

        watch(new ScriptedCapture(refused), "--duration", "1ms", "--failed");
        assertThat(test.out()).contains("/refused");
        String before = test.out();
        watch(new ScriptedCapture(refused), "--duration", "1ms", "--succeeded");
        assertThat(test.out()).isEqualTo(before);
    }

    @Test
    void filtersByIntegrityOfTheAddressOrOfTheBlock() {
        List<byte[]> connects = List.of(
                record(connect("020000507f000001")),
                record(connect("020000517f000001").block(Provenance.ENTER, Integrity.CHANGED)));

        watch(new ScriptedCapture(connects), "--duration", "1ms", "--integrity", "CHANGED,UNCHECKED");
        assertThat(test.out().lines()).singleElement().asString().contains("127.0.0.1:81");
    }

    @Test
    void filtersByName() {
        assertThat(paths("--comm", "bash,zsh")).containsExactly("/nowhere");
        assertThat(paths("--comm", "bas")).isEmpty();
    }

    @Test
    void filtersByRequestedOrResolvedPathOrSocket() {
        assertThat(paths("--path-prefix", "/nowh")).containsExactly("/nowhere");
        assertThat(paths("--path-prefix", "/etc", "--path-prefix", "/no")).containsExactly("/etc/hosts", "/nowhere");
        assertThat(paths("--path-prefix", "/run/")).containsExactly((String) null);
        assertThat(paths("--path-prefix", "/etc/hosts2")).isEmpty();

        List<byte[]> link = List.of(record(open("link").file(utf8("/etc/shadow"), 1, 2, 3)));
        watch(new ScriptedCapture(link), "--duration", "1ms", "--path-prefix", "/etc/sh");
        assertThat(test.out()).contains("\"link\"");
    }

    @Test
    void filtersByPatternsOfPaths() {
        assertThat(paths("--path-like", "*host?")).containsExactly("/etc/hosts");
        assertThat(paths("--path-like", "/*o*")).containsExactly("/etc/hosts", "/nowhere");
        assertThat(paths("--path-like", "/etc/host")).isEmpty();
        assertThat(paths("--path-like", "/etc/hosts?")).isEmpty();
        assertThat(paths("--path-like", "*s*", "--path-prefix", "/now")).contains("/etc/hosts", "/nowhere");
    }

    @Test
    void leavesOutNamesAndPaths() {
        assertThat(paths("--not-comm", "bash")).doesNotContain("/nowhere").isNotEmpty();
        // The connect by IPv4 has no path, so it stays.
        assertThat(paths("--not-path", "/no*", "--not-path", "/run/*")).containsExactly("/etc/hosts", null);
        assertThat(watch(new ScriptedCapture(List.of()), "--duration=1ms", "--not-comm", "sixteen-bytes-xx"))
                .isEqualTo(2);
        assertThat(test.err()).contains("'--not-comm' (NAME): 'sixteen-bytes-xx'");
    }

    @Test
    void aPathThatIsLeftOutTakesNoOtherFileWithIt() {
        List<byte[]> link = List.of(record(open("/tmp/report").file(utf8("/etc/shadow"), 1, 2, 3)));
        watch(new ScriptedCapture(link), "--duration", "1ms", "--not-path", "/tmp/*");
        assertThat(test.out()).contains("/tmp/report");
        String before = test.out();
        watch(new ScriptedCapture(link), "--duration", "1ms", "--not-path", "/tmp/*", "--not-path", "/etc/*");
        assertThat(test.out()).isEqualTo(before);
    }

    @Test
    void leavesOutProcessesAndUsers() {
        String pid = JsonLines.parse(output(MIXED)).get(0).get("tgid").toString();
        String uid = JsonLines.parse(output(MIXED)).get(0).get("uid").toString();
        assertThat(output(MIXED, "--not-pid", pid)).isEmpty();
        assertThat(output(MIXED, "--not-uid", uid)).isEmpty();
        assertThat(output(MIXED, "--not-pid", "999999", "--not-uid", "999999")).hasLineCount(MIXED.size());
    }

    @Test
    void leavesOutPortsAndNetworks() {
        // The connect to a UNIX socket has neither, so it stays.
        assertThat(peers("--not-port", "80")).hasSize(2).contains("127.0.0.1:81");
        assertThat(peers("--not-address", "127.0.0.0/8")).hasSize(2).contains("::1:80");
        assertThat(paths("--not-port", "1-2")).isEmpty();
        assertThat(test.err()).contains("'1-2' is no port, which is a number from 0 to 65535");
    }

    @Test
    void anAddressThatIsLeftOutTakesNoOtherPeerWithIt() {
        List<byte[]> rewritten =
                List.of(record(connect("020000507f000001").socket(2, 1, 6, null, hex("0200005108080808"))));
        assertThat(output(rewritten, "--not-address", "127.0.0.1")).isNotEmpty();
        assertThat(output(rewritten, "--not-address", "127.0.0.1,8.8.8.8")).isEmpty();
    }

    private String output(List<byte[]> records, String... options) {
        List<String> args = new ArrayList<>(List.of(options));
        args.addAll(List.of("--json", "--duration", "1ms"));
        int before = test.out().length();
        watch(new ScriptedCapture(records), args.toArray(String[]::new));
        return test.out().substring(before);
    }

    @Test
    void filtersByPortAndNetwork() {
        assertThat(peers("--port", "81,82")).containsExactly("127.0.0.1:81");
        assertThat(peers("--address", "127.0.0.0/8"))
                .containsExactly("127.0.0.1:80", "127.0.0.1:81", "::ffff:127.0.0.1:80");
        assertThat(peers("--address", "127.0.0.0/31")).hasSize(3);
        assertThat(peers("--address", "127.0.0.2/31", "--address", "::1")).containsExactly("::1:80");
        assertThat(peers("--address", "::/0", "--port", "80")).containsExactly("::1:80", "::ffff:127.0.0.1:80");
        assertThat(peers("--path-prefix", "/etc")).isEmpty();
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        for (String wrong : List.of("example.org", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/-1", "")) {
            assertThat(watch(new ScriptedCapture(List.of()), "--duration=1ms", "--address=" + wrong))
                    .isEqualTo(2);
            assertThat(test.err()).contains("--address").contains("no internet address");
        }
    }

    private List<String> peers(String... options) {
        String unix = "01002f72756e2f78";
        List<byte[]> connects = new ArrayList<>();
        for (String address : List.of(
                "020000507f000001",
                "020000517f000001",
                "0a00005000000000" + "00000000000000000000000000000001" + "00000000",
                "0a00005000000000" + "00000000000000000000ffff7f000001" + "00000000",
                unix)) {
            connects.add(record(connect(address)));
        }
        List<String> args = new ArrayList<>(List.of(options));
        args.addAll(List.of("--json", "--duration", "1ms"));
        int before = test.out().length();
        watch(new ScriptedCapture(connects), args.toArray(String[]::new));
        return JsonLines.parse(test.out().substring(before)).stream()
                .map(event -> String.valueOf(event.get("address")).replaceAll("\\{.*ip=(.*), port=(\\d+).*", "$1:$2"))
                .toList();
    }

    @Test
    void optionsReachTheConfiguration(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("unraced.conf"), "unraced.stash.entries = 77");
        when(drivers.names()).thenReturn(Set.of("scripted", "other"));

        watch(
                new ScriptedCapture(List.of()),
                "--duration=1ms",
                "--driver=scripted,other",
                "--config=" + file,
                "-o=ring-bytes=1MiB",
                "--set=unraced.observe-self=true",
                "--syscalls=open,connect",
                "--pid=1,2",
                "--tgid=3",
                "--uid=4294967294,root",
                "--cgroup=5,6",
                "--mitigation=kernel");

        assertThat(config).isNotNull().satisfies(built -> {
            assertThat(built.drivers()).containsExactly("scripted", "other");
            assertThat(built.stashEntries()).isEqualTo(77);
            assertThat(built.ringBytes()).isEqualTo(1 << 20);
            assertThat(built.observeSelf()).isTrue();
            assertThat(built.syscalls()).containsExactlyInAnyOrder(Syscall.OPEN, Syscall.CONNECT);
            assertThat(built.filters().tgids()).containsExactlyInAnyOrder(1, 2, 3);
            assertThat(built.filters().uids()).containsExactlyInAnyOrder(0L, 4_294_967_294L);
            assertThat(built.filters().cgroups()).containsExactlyInAnyOrder(5L, 6L);
            assertThat(built.mitigation()).isEqualTo(Mitigation.KERNEL);
        });
    }

    @Test
    void aCaptureClosedByAnotherThreadEndsIt() throws InterruptedException {
        ScriptedCapture open = new ScriptedCapture(MIXED);
        List<Integer> code = Collections.synchronizedList(new ArrayList<>());
        Thread watcher = new Thread(() -> code.add(watch(open)));
        watcher.start();
        open.awaitIdle();

        // The capture is idle, so all lines must have been flushed by now.
        assertThat(test.out().lines()).hasSize(4);
        open.close();
        watcher.join();

        assertThat(code).containsExactly(0);
        assertThat(test.err()).startsWith(BEGUN + "unraced: 4 printed;");
    }

    @Test
    void theFirstLineSaysWhatIsCaptured() {
        assertThat(watch(new ScriptedCapture(MIXED), "--count", "4", "--pid", "42", "--path", "/etc", "--json"))
                .isZero();
        assertThat(test.err()).contains(", processes 42, paths /etc; Ctrl-C ends\n");
        JsonLines.parse(test.out());
    }

    @Test
    void aBrokenPipeIsNoError() {
        assertThat(watch(failing("Broken pipe"), "--count", "4")).isZero();
        assertThat(test.err()).startsWith(BEGUN + "unraced: 0 printed;").hasLineCount(2);
    }

    @Test
    void aFullDiskIs() {
        assertThat(watch(failing("No space left on device"), "--count", "4")).isEqualTo(1);
        assertThat(test.err())
                .endsWith("unraced watch: Standard output cannot be written to: No space left on device\n")
                .doesNotContain("\tat ");
    }

    @Test
    void whatCannotBeOpenedIsAFailureWithItsReason() {
        when(drivers.open(any())).thenThrow(new CaptureException("It is missing. Bring it."));

        assertThat(execute(test.console(), "watch")).isEqualTo(1);
        assertThat(test.err()).isEqualTo("unraced watch: It is missing. Bring it.\n");
    }

    @Test
    void debugShowsWhere() {
        when(drivers.open(any())).thenThrow(new IllegalStateException("boom"));

        assertThat(execute(test.console(), "watch")).isEqualTo(1);
        assertThat(test.err()).contains("unexpected error").doesNotContain("\tat ");
        assertThat(execute(test.console(), "watch", "--debug")).isEqualTo(1);
        assertThat(test.err()).contains("\tat ");
    }

    @Test
    void statsShowAllStatistics() {
        watch(new ScriptedCapture(List.of()), "--duration", "1ms", "--stats");

        assertThat(test.err()).contains("wake-ups 9, rings 65536 bytes").contains("stash: 0 put");
    }

    @Test
    void colourIsForTerminals() {
        watch(new ScriptedCapture(MIXED), "--duration", "1ms");
        assertThat(test.out()).doesNotContain("\u001b");

        watch(new ScriptedCapture(MIXED), "--duration", "1ms", "--color", "always");
        assertThat(test.out()).contains("\u001b");
    }

    private List<@Nullable Object> paths(String... options) {
        List<String> args = new ArrayList<>(List.of(options));
        args.addAll(List.of("--json", "--duration", "1ms"));
        int before = test.out().length();
        watch(new ScriptedCapture(MIXED), args.toArray(String[]::new));
        return JsonLines.parse(test.out().substring(before)).stream()
                .<@Nullable Object>map(event -> event.get("path"))
                .toList();
    }

    private int watch(ScriptedCapture next, String... options) {
        return watch(test.console(), next, options);
    }

    private int watch(OutputStream output, String... options) {
        return watch(test.console(output), new ScriptedCapture(MIXED), options);
    }

    private int watch(Console console, ScriptedCapture next, String... options) {
        List<String> args = new ArrayList<>(List.of("watch"));
        args.addAll(List.of(options));
        when(drivers.open(any())).thenAnswer(call -> {
            config = call.getArgument(0);
            capture = next;
            return next;
        });
        return execute(console, args.toArray(String[]::new));
    }

    private int execute(Console console, String... args) {
        return UnracedCommand.commandLine(console, () -> drivers).execute(args);
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }
}
