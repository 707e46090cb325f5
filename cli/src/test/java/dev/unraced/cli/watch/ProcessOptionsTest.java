// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.linux.ExecutableFile;
import dev.unraced.process.ProcessTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tests which process events the options of watch, run and replay choose. */
class ProcessOptionsTest {
    private static final String CONTAINER = "0123456789abcdef".repeat(4);

    private final ProcessTable table = ProcessTable.of(Set.of("sim"));

    @Command
    private static final class Watch {
        @Mixin
        private ProcessOptions processes;

        @Mixin
        private FilterOptions filter;

        @Mixin
        private ConfigOptions config;
    }

    @Test
    void aLinkStandsForTheFileBehindIt(@TempDir Path directory) throws IOException {
        Path program = Files.createFile(directory.resolve("program")).toRealPath();
        Path link = Files.createSymbolicLink(directory.resolve("link"), program);
        for (Path named : new Path[] {program, link}) {
            Predicate<ProcessView> wanted = chosen("--exe", named.toString());
            assertThat(wanted.test(exec("program", program.toString(), "/"))).isTrue();
            assertThat(wanted.test(exec("program", "/none", "/"))).isFalse();
        }
    }

    @Test
    void aProgramIsNamedByAPathFromTheRoot() {
        assertThatThrownBy(() -> chosen("--exe", "cat"))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("'cat' is no path from the root");
    }

    @Test
    void execsOfAContainerAreItsEvents() {
        Predicate<ProcessView> wanted = chosen("--container", CONTAINER.substring(0, 12));
        assertThat(wanted.test(exec("sh", "/bin/sh", "/system.slice/docker-" + CONTAINER + ".scope")))
                .isTrue();
        assertThat(wanted.test(exec("sh", "/bin/sh", "/user.slice"))).isFalse();
    }

    @Test
    void optionsAboutTheCallerChooseProcessEventsToo() {
        assertThat(chosen("--comm", "sh").test(exec("sh", "/bin/sh", "/"))).isTrue();
        assertThat(chosen("--comm", "sh").test(exec("cat", "/bin/cat", "/"))).isFalse();
        assertThat(chosen("--not-comm", "sh").test(exec("sh", "/bin/sh", "/"))).isFalse();
        assertThat(chosen("--not-pid", "7").test(exec("sh", "/bin/sh", "/"))).isFalse();
        assertThat(chosen("--not-uid", "1000").test(exec("sh", "/bin/sh", "/"))).isFalse();
    }

    @Test
    void processEventsHaveNeitherPathNorPeerAndExecsHaveAnIntegrity() {
        for (String option : List.of("--path-prefix=/etc", "--path-like=*", "--port=22", "--address=::1")) {
            assertThat(chosen(option).test(exec("sh", "/bin/sh", "/")))
                    .as(option)
                    .isFalse();
        }
        assertThat(chosen("--not-path=*").test(exec("sh", "/bin/sh", "/"))).isTrue();
        ProcessView exec = exec("sh", "/bin/sh", "/");
        String own = exec.pathIntegrity().name();
        assertThat(chosen("--integrity", own).test(exec)).isTrue();
        assertThat(chosen("--integrity", "CHANGED").test(exec)).isFalse();
    }

    @Test
    void theOutcomeIsThatOfTheExec() {
        assertThat(chosen("--failed").test(failed())).isTrue();
        assertThat(chosen("--failed").test(exec("sh", "/bin/sh", "/"))).isFalse();
        assertThat(chosen("--succeeded").test(failed())).isFalse();
        assertThat(chosen("--succeeded").test(exec("sh", "/bin/sh", "/"))).isTrue();
    }

    @Test
    void whoeverIsWithinAContainerCannotLeaveItByACgroupOfItsOwn() {
        Predicate<ProcessView> wanted = chosen("--container", CONTAINER.substring(0, 12));
        String within = "/system.slice/docker-" + CONTAINER + ".scope/docker/" + "f".repeat(64);
        assertThat(wanted.test(exec("sh", "/bin/sh", within))).isTrue();
        assertThat(chosen("--container", "ffff").test(exec("sh", "/bin/sh", within)))
                .isTrue();
        assertThat(chosen("--container", "0000").test(exec("sh", "/bin/sh", within)))
                .isFalse();
    }

    @Test
    void aProgramOfThisMachineIsAFileWhateverItsPathSays(@TempDir Path directory) throws IOException {
        String program =
                Files.createFile(directory.resolve("program")).toRealPath().toString();
        ExecutableFile file = ExecutableFile.of(program);
        String none = directory.resolve("none").toString();
        ProcessView byAnotherName = exec("program", "/other/name", file);
        // In a mount namespace of its own, a process has any file at this path.
        ProcessView another = exec("program", program, new ExecutableFile(file.device(), file.inode() + 1));
        ProcessView otherDevice = exec("program", program, new ExecutableFile(file.device() + 1, file.inode()));
        Predicate<ProcessView> wanted = chosenHere("--exe", program + "," + none);
        assertThat(wanted.test(byAnotherName)).isTrue();
        assertThat(wanted.test(another)).isFalse();
        assertThat(wanted.test(otherDevice)).isFalse();
        assertThat(wanted.test(exec("none", none, "/"))).as("no such file here").isTrue();
        assertThat(chosen("--exe", program).test(another)).as("elsewhere").isTrue();
        assertThat(chosen("--exe", program).test(byAnotherName)).as("elsewhere").isFalse();
    }

    @Test
    void theDriverLeavesOutOtherProgramsWhereItCanAndNobodyWantsThem(@TempDir Path directory) throws IOException {
        String program = Files.createFile(directory.resolve("program")).toString();
        EventFilters chosen =
                new EventFilters(Set.of(), Set.of(1000L), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.FAILED);
        Capture capture = capture("ebpf", Capabilities.complete());
        EventFilters inForce = options("--exe", program).filterAtSource(capture, chosen, false);
        assertThat(inForce)
                .isEqualTo(new EventFilters(
                        Set.of(), Set.of(1000L), Set.of(), Set.of(), Set.of(program), List.of(), ResultFilter.FAILED));
        verify(capture).filterBy(inForce);

        String none = directory.resolve("none").toString();
        for (ProcessOptions options : List.of(
                options("--container", "0123"),
                options("--exe", program + "," + none),
                options("--exe", program, "--descendants-of", "1"),
                options("--exe", program, "--set", "process-events=on"))) {
            unchanged(options, capture("ebpf", Capabilities.complete()), chosen, false);
        }
        ProcessOptions options = options("--exe", program);
        unchanged(options, capture("ebpf", Capabilities.complete()), chosen, true);
        unchanged(options, capture("sim", Capabilities.complete()), chosen, false);
        for (Feature feature : List.of(Feature.EXECUTABLE_INODE, Feature.FILTER_EXECUTABLE, Feature.LIVE_FILTERS)) {
            unchanged(options, capture("kmod", Capabilities.complete().without(feature, "x")), chosen, false);
        }
        EventFilters byFile = new EventFilters(
                Set.of(), Set.of(), Set.of(), Set.of(), Set.of("/bin/sh"), List.of(), ResultFilter.ALL);
        unchanged(options, capture("ebpf", Capabilities.complete()), byFile, false);
    }

    @Test
    void aDriverWithoutRoomForTheProgramsLeavesTheChoiceToTheCommand(@TempDir Path directory) throws IOException {
        String program = Files.createFile(directory.resolve("program")).toString();
        Capture capture = capture("ebpf", Capabilities.complete());
        doThrow(new CaptureException("no room")).when(capture).filterBy(any());
        assertThat(options("--exe", program).filterAtSource(capture, EventFilters.NONE, false))
                .isSameAs(EventFilters.NONE);
    }

    private static void unchanged(ProcessOptions options, Capture capture, EventFilters filters, boolean isRecorded) {
        assertThat(options.filterAtSource(capture, filters, isRecorded)).isSameAs(filters);
        verify(capture, never()).filterBy(any());
    }

    private static ProcessOptions options(String... arguments) {
        Watch watch = new Watch();
        new CommandLine(watch).parseArgs(arguments);
        watch.processes.apply(watch.config.builder());
        return watch.processes;
    }

    private static Capture capture(String driver, Capabilities capabilities) {
        Capture capture = mock();
        when(capture.driver()).thenReturn(driver);
        when(capture.capabilities()).thenReturn(capabilities);
        return capture;
    }

    private Predicate<ProcessView> chosen(String... arguments) {
        return chosen(false, arguments);
    }

    private Predicate<ProcessView> chosenHere(String... arguments) {
        return chosen(true, arguments);
    }

    private Predicate<ProcessView> chosen(boolean areHere, String... arguments) {
        Watch watch = new Watch();
        new CommandLine(watch).parseArgs(arguments);
        Predicate<ProcessView> wanted =
                watch.processes.ofProcesses(table, areHere).and(watch.filter.ofProcesses());
        return event -> {
            table.update(event);
            return wanted.test(event);
        };
    }

    private static ProcessView exec(String comm, String executable, String cgroup) {
        ProcessEncoder encoder = begin(ProcessView.Type.EXEC, comm);
        encoder.namespaces(cgroup.hashCode(), 1, 1)
                .path(bytes(executable))
                .executable(bytes(executable), 8, 1, 15)
                .cgroup(bytes(cgroup));
        return view(encoder);
    }

    private static ProcessView exec(String comm, String executable, ExecutableFile file) {
        ProcessEncoder encoder = begin(ProcessView.Type.EXEC, comm);
        encoder.path(bytes(executable))
                .executable(bytes(executable), file.deviceMajor(), file.deviceMinor(), file.inode());
        return view(encoder);
    }

    private static ProcessView failed() {
        ProcessEncoder encoder = begin(ProcessView.Type.EXEC_FAILED, "sh");
        encoder.failed(ProcessView.ExecCall.EXECVE, Mitigation.STASH, 1, -100, 0, -2)
                .path(bytes("/none"));
        return view(encoder);
    }

    private static ProcessEncoder begin(ProcessView.Type type, String comm) {
        return new ProcessEncoder()
                .begin(type, 2)
                .process(7, 7, 1, 1)
                .user(1000, 1000, 1000, 1000)
                .comm(bytes(comm));
    }

    private static ProcessView view(ProcessEncoder encoder) {
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
