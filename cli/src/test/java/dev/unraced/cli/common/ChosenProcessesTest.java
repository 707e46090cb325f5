// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ChosenProcessesTest {

    @TempDir
    private Path proc;

    private ChosenProcesses processes;

    @BeforeEach
    void aProcessWithASecondThread() throws IOException {
        status(7, "Name:\tserver\nTgid:\t7\nPid:\t7\n");
        status(8, "Name:\tworker\nTgid:\t7\nPid:\t8\n");
        processes = new ChosenProcesses(proc);
    }

    @Test
    void aProcessThatLivesIsRight() throws IOException {
        namespace("pid:[4026531836]");
        assertThat(processes.fault("ebpf", Set.of(7))).isEmpty();
        assertThat(processes.fault("ebpf", Set.of())).isEmpty();
    }

    @Test
    void oneThatDoesNotIsNamed() throws IOException {
        namespace("pid:[4026531836]");
        assertThat(processes.fault("kmod", Set.of(7, 9)))
                .hasValueSatisfying(fault -> assertThat(fault).contains("no process 9"));
    }

    @Test
    void theMessageNamesTheOption() throws IOException {
        namespace("pid:[4026531836]");
        assertThatThrownBy(() -> processes.check(
                        new CommandLine(CommandLine.Model.CommandSpec.create()), "ebpf", "--descendants-of", Set.of(9)))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessage("--descendants-of: no process 9; 'ps -e' lists those that live");
    }

    @Test
    void aThreadIsNoProcess() throws IOException {
        namespace("pid:[4026531836]");
        assertThat(processes.fault("ebpf", Set.of(8)))
                .hasValueSatisfying(fault -> assertThat(fault).contains("8 is a thread of process 7"));
    }

    @Test
    void idsThatThisProcessCannotSeeAreNotJudged() throws IOException {
        namespace("pid:[4026532000]");
        assertThat(processes.fault("ebpf", Set.of(9))).isEmpty();
    }

    @Test
    void neitherAreThoseOfAnotherKernel() throws IOException {
        namespace("pid:[4026531836]");
        assertThat(processes.fault("sim", Set.of(9))).isEmpty();
        assertThat(processes.fault("remote", Set.of(9))).isEmpty();
    }

    @Test
    void processesHaveEndedWhenTheLastHas() throws Exception {
        namespace("pid:[4026531836]");
        Process first = new ProcessBuilder("cat").start();
        Process second = new ProcessBuilder("cat").start();
        Set<Integer> ids = Set.of((int) first.pid(), (int) second.pid());
        BooleanSupplier ofThis = processes.haveEnded("ebpf", ids);
        BooleanSupplier ofAnother = processes.haveEnded("sim", ids);
        assertThat(ofThis.getAsBoolean()).isFalse();
        first.destroy();
        first.waitFor();
        assertThat(ofThis.getAsBoolean()).isFalse();
        second.destroy();
        second.waitFor();
        assertThat(ofThis.getAsBoolean()).isTrue();
        assertThat(ofAnother.getAsBoolean()).isFalse();
        assertThat(processes.haveEnded("ebpf", Set.of()).getAsBoolean()).isFalse();
    }

    @Test
    void aMountNamespaceWithoutAProcessIsWarnedOf() throws IOException {
        namespace("pid:[4026531836]");
        Files.createSymbolicLink(
                Files.createDirectories(proc.resolve("7/ns")).resolve("mnt"), Path.of("mnt:[4026531841]"));
        assertThat(processes.emptyNamespace("ebpf", Set.of())).isEmpty();
        assertThat(processes.emptyNamespace("ebpf", Set.of(4026531841L))).isEmpty();
        assertThat(processes.emptyNamespace("sim", Set.of(5L))).isEmpty();
        assertThat(processes.emptyNamespace("ebpf", Set.of(4026531841L, 5L)))
                .hasValue("unraced: no process is in mount namespace 5 now; 'lsns -t mnt' lists those that there are");
    }

    private void status(int id, String text) throws IOException {
        Files.writeString(
                Files.createDirectory(proc.resolve(Integer.toString(id))).resolve("status"), text);
    }

    private void namespace(String target) throws IOException {
        Files.createSymbolicLink(
                Files.createDirectories(proc.resolve("self/ns")).resolve("pid"), Path.of(target));
    }
}
