// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.TestConsole;
import dev.unraced.cli.common.ErrorReport;
import dev.unraced.cli.scripted.ScriptedCapture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.format.JsonLines;
import dev.unraced.selection.Drivers;
import dev.unraced.selection.Selection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunCommandTest {
    @TempDir
    private Path machine;

    private final Drivers drivers = mock();
    private final Driver driver = mock();
    private final TestConsole test = new TestConsole();
    private @Nullable CaptureConfig config;
    private boolean canBeEntered = true;

    @BeforeEach
    void aMachineWithCgroups() throws IOException {
        Path proc = Files.createDirectories(machine.resolve("proc/self")).getParent();
        Path top = Files.createDirectories(machine.resolve("cgroup/session"));
        Files.writeString(
                proc.resolve("self/mountinfo"),
                "30 24 0:26 / " + top.getParent() + " rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
        Files.writeString(proc.resolve("self/cgroup"), "1:name=systemd:/other\n0::/session\n");
        when(driver.name()).thenReturn("scripted");
        when(drivers.select(any())).thenReturn(new Selection(driver, List.of()));
        when(drivers.actorHost("scripted")).thenReturn(Optional.empty());
        when(drivers.open(any())).thenAnswer(call -> {
            config = call.getArgument(0);
            return new ScriptedCapture(List.of(record(open("/etc/hosts"))));
        });
    }

    @Test
    void theExitCodeIsTheCommands() {
        assertThat(run("true")).isZero();
        assertThat(run("sh", "-c", "exit 7")).isEqualTo(7);
        assertThat(run("sh", "-c", "kill -TERM $$")).isEqualTo(128 + 15);
        assertThat(run("--", "unraced-has-no-such-program")).isEqualTo(127);
        assertThat(run("--", machine.toString())).isEqualTo(126);
        assertThat(test.err()).contains("\"/etc/hosts\"").contains("unraced: 1 printed; driver scripted");
        assertThat(test.out()).isEmpty();
    }

    @Test
    void theCommandIsInACgroupOfItsOwnWhichTheSourceFiltersBy() throws IOException {
        run("true");

        Path made = machine.resolve(
                "cgroup/session/unraced-run-" + ProcessHandle.current().pid());
        assertThat(made.resolve("cgroup.procs")).hasContent("0");
        assertThat(config)
                .isNotNull()
                .satisfies(built -> assertThat(built.filters().cgroups())
                        .containsExactly((Long) Files.getAttribute(made, "unix:ino")));
        // Here the cgroup is a directory, which is not empty, like one in which a process lives on.
        assertThat(test.err()).contains("processes that the command started live on, unwatched, in " + made);
    }

    @Test
    void theEventsGoToAFile() throws IOException {
        Path file = machine.resolve("events");
        assertThat(run("--json", "--output", file.toString(), "--", "true")).isZero();

        assertThat(JsonLines.parse(Files.readString(file))).hasSize(1);
        assertThat(test.err()).doesNotContain("/etc/hosts");
        assertThat(run("--output", "/nowhere/events", "true")).isEqualTo(1);
        assertThat(test.err()).contains("/nowhere/events");
    }

    @Test
    void whenTheCaptureFailsTheCommandGoesOn() throws IOException {
        Path trace = machine.resolve("went-on");
        when(drivers.open(any())).thenAnswer(call -> {
            Capture failing = mock();
            when(failing.driver()).thenReturn("scripted");
            when(failing.isOpen()).thenReturn(true);
            when(failing.stats()).thenReturn(new ScriptedCapture(List.of()).stats());
            when(failing.await(any(), anyInt(), anyLong())).thenThrow(new CaptureException("the ring is gone"));
            return failing;
        });

        assertThat(run("sh", "-c", "sleep 0.3; touch " + trace)).isEqualTo(1);

        assertThat(trace).exists();
        assertThat(test.err()).contains("the command goes on unwatched").contains("the ring is gone");
    }

    @Test
    void whenNobodyReadsTheEventsTheExitCodeIsStillTheCommands() throws Exception {
        Path pipe = machine.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        FutureTask<Void> reader = new FutureTask<>(() -> {
            Files.newInputStream(pipe).close();
            return null;
        });
        new Thread(reader).start();
        when(drivers.open(any())).thenAnswer(call -> {
            reader.get();
            return new ScriptedCapture(List.of(record(open("/etc/hosts"))));
        });

        assertThat(run("--output", pipe.toString(), "--", "sh", "-c", "sleep 0.3; exit 4"))
                .isEqualTo(4);

        assertThat(test.err()).contains("nobody reads the events any more; the command goes on unwatched");
    }

    @Test
    void anOutputThatTakesNothingIsNamed() {
        assertThat(run("--output", "/dev/full", "true")).isEqualTo(1);
        assertThat(test.err()).contains("/dev/full cannot be written to: No space left on device");
    }

    @Test
    void aCommandThatCannotEnterItsCgroupIsNotRun() {
        Path trace = machine.resolve("ran");
        canBeEntered = false;
        assertThat(run("touch", trace.toString())).isEqualTo(1);
        assertThat(test.err()).contains("the command was not run");
        assertThat(trace).doesNotExist();
    }

    @Test
    void aLeftoverOfTheSameNameIsNoObstacle() throws IOException {
        Path proc = fresh();
        String name = "unraced-run-" + ProcessHandle.current().pid();
        Path leftover = Files.createDirectory(machine.resolve("cgroup/session/" + name));
        try (RunCgroup made = RunCgroup.create(proc)) {
            assertThat(made).hasToString(leftover + "-2");
        }
        assertThat(leftover.resolveSibling(name + "-2")).doesNotExist();
    }

    @Test
    void cgroupsOfCommandsThatWereKilledGoWithTheNextOne() throws IOException {
        Path proc = fresh();
        // PID_MAX_LIMIT is 4,194,304, so no process has these ids.
        Path killed = Files.createDirectories(machine.resolve("cgroup/session/unraced-run-4194305/engine"));
        Path young = Files.createDirectories(machine.resolve("cgroup/session/unraced-run-4194306"));
        Path other = Files.createDirectories(machine.resolve("cgroup/session/unraced-run-of-mine"));
        Path living = Files.createDirectories(machine.resolve("cgroup/session/unraced-run-1"));
        for (Path old : List.of(killed.getParent(), other, living)) {
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(120)));
        }
        RunCgroup.create(proc).remove();
        assertThat(killed.getParent()).doesNotExist();
        assertThat(List.of(young, other, living)).allMatch(Files::exists);
    }

    @Test
    void emptyCgroupsThatTheCommandLeftGoWithIts() throws IOException {
        RunCgroup made = RunCgroup.create(fresh());
        Files.createDirectories(Path.of(made.toString(), "engine", "container"));
        assertThat(made.remove()).isTrue();
        assertThat(Path.of(made.toString())).doesNotExist();
    }

    @Test
    void aCgroupOutsideOfTheNamespaceIsRefused() throws IOException {
        Files.writeString(machine.resolve("proc/self/cgroup"), "0::/..\n");
        assertThatThrownBy(() -> RunCgroup.create(machine.resolve("proc")))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("outside of what its cgroup namespace shows");
    }

    @Test
    void optionsBehindTheCommandAreTheCommands() {
        assertThat(run("sh", "-c", "exit 3", "--no-such-option")).isEqualTo(3);
    }

    @Test
    void whatCannotBeIsRefusedBeforeTheCommandRuns() {
        Path trace = machine.resolve("ran");
        when(drivers.actorHost("scripted")).thenReturn(Optional.of(mock(ActorHost.class)));
        assertThat(run("touch", trace.toString())).isEqualTo(2);
        assertThat(test.err()).contains("driver scripted watches another place than this machine");
        assertThat(run("--pid", "1", "touch", trace.toString())).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(trace).doesNotExist();
    }

    @Test
    void aMachineWithoutTheHierarchySaysHowToMountIt() throws IOException {
        Files.writeString(machine.resolve("proc/self/mountinfo"), "30 24 0:26 / /sys rw - sysfs sysfs rw\n");
        assertThatThrownBy(() -> RunCgroup.create(machine.resolve("proc")))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("mount -t cgroup2");
    }

    @Test
    void soDoesOneThatMayNotBeWrittenTo() throws IOException {
        Files.writeString(machine.resolve("proc/self/cgroup"), "0::/gone\n");
        assertThatThrownBy(() -> RunCgroup.create(machine.resolve("proc")))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("takes root");
    }

    /** Each run would make the same directory again, so it begins without it. */
    private int run(String... args) {
        RunCommand command = new RunCommand(test.console(), () -> drivers, this::cgroup);
        ErrorReport errors = new ErrorReport();
        return new CommandLine(command)
                .setStopAtPositional(true)
                .setErr(new PrintWriter(test.console().err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .execute(args);
    }

    private RunCgroup cgroup() {
        RunCgroup made = RunCgroup.create(fresh());
        try {
            if (canBeEntered) {
                Files.createFile(Path.of(made.toString(), "cgroup.procs"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made;
    }

    private Path fresh() {
        Path made = machine.resolve(
                "cgroup/session/unraced-run-" + ProcessHandle.current().pid());
        try {
            Files.deleteIfExists(made.resolve("cgroup.procs"));
            Files.deleteIfExists(made);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return machine.resolve("proc");
    }
}
