// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a server that has given up its privilege, and a subscriber that never had any, each as a process. */
@Timeout(120)
class ServeProcessTest {
    private static final String NOBODY = "65534";

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private String copied = "";

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void nobodyWatchesThroughTheSocket() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can become somebody else");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = directory.resolve("made/socket");
        String socket = "unix:" + file;
        Process server = start(
                "server",
                JvmCommand.of(
                        List.of(),
                        "serve",
                        "--driver",
                        "sim",
                        "--listen",
                        socket,
                        "--socket-mode",
                        "0666",
                        "--allow-user",
                        NOBODY,
                        "--user",
                        NOBODY + ":" + NOBODY));
        while (!text("server").contains("serving at")) {
            assertThat(server.isAlive()).as(text("server")).isTrue();
            Thread.sleep(50);
        }
        assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/status")))
                .containsPattern("Uid:(\\s+" + NOBODY + "){4}")
                .containsPattern("CapEff:\\s+0+\\n")
                .containsPattern("CapPrm:\\s+0+\\n");

        Process watcher = start(
                "watcher",
                asNobody("watch", "--driver", "remote", "--set", "remote.address=" + socket, "--count", "3"));
        assertThat(watcher.waitFor()).as(text("watcher")).isZero();
        assertThat(text("watcher")).contains("unraced: 3 printed", "driver remote", "balanced");

        server.destroy();
        assertThat(server.waitFor()).as(text("server")).isZero();
        assertThat(text("server"))
                .contains("unraced: served; driver sim", "balanced")
                .doesNotContain("Stream Error", "WARN");
        assertThat(file).as("its folder was made for it").doesNotExist();
    }

    @Test
    void aRunningServerGetsOtherFilters() throws IOException, InterruptedException {
        String socket = "unix:" + directory.resolve("made/socket");
        String user = ProcessHandle.current().info().user().orElse("root");
        Process server = start(
                "server",
                JvmCommand.of(List.of(), "serve", "--driver", "sim", "--listen", socket, "--control-user", user));
        while (!text("server").contains("serving at")) {
            assertThat(server.isAlive()).as(text("server")).isTrue();
            Thread.sleep(50);
        }
        String address = "remote.address=" + socket;
        Process reload = start(
                "reload",
                JvmCommand.of(
                        List.of(), "reload", "--set", address, "--path", "/nowhere/else", "--mitigation", "kernel"));
        assertThat(reload.waitFor()).as(text("reload")).isZero();
        assertThat(text("reload"))
                .contains("the server at " + socket + " has mode kernel", "filters: paths /nowhere/else");
        Process watcher = start(
                "watcher",
                JvmCommand.of(
                        List.of(),
                        "watch",
                        "--driver",
                        "remote",
                        "--set",
                        address,
                        "--syscalls",
                        "openat",
                        "--duration",
                        "2s"));
        assertThat(watcher.waitFor()).as(text("watcher")).isZero();
        assertThat(text("watcher")).contains("unraced: 0 printed", "mode kernel");
        server.destroy();
        server.waitFor();
    }

    @Test
    void whoMayNotConnectIsToldSo() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can become somebody else");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path folder = directory.resolve("made");
        String socket = "unix:" + folder.resolve("socket");
        Process server = start("server", JvmCommand.of(List.of(), "serve", "--driver", "sim", "--listen", socket));
        while (!text("server").contains("serving at")) {
            assertThat(server.isAlive()).as(text("server")).isTrue();
            Thread.sleep(50);
        }
        String[] arguments = {"watch", "--driver", "remote", "--set", "remote.address=" + socket};
        Process watcher = start("watcher", asNobody(arguments));
        assertThat(watcher.waitFor()).isEqualTo(1);
        assertThat(text("watcher")).contains("NOT_ALLOWED", "root:root", "rw-rw----", "--socket-owner");

        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Process outside = start("outside", asNobody(arguments));
        assertThat(outside.waitFor()).isEqualTo(1);
        assertThat(text("outside")).contains("NOT_ALLOWED", "may not enter the folder");
        server.destroy();
        server.waitFor();
    }

    private ProcessBuilder asNobody(String... arguments) {
        ProcessBuilder command = JvmCommand.of(List.of(), arguments);
        command.command()
                .replaceAll(argument ->
                        argument.equals(System.getProperty("java.class.path")) ? copyForAll(argument) : argument);
        command.command().addAll(0, List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        return command;
    }

    private Process start(String name, ProcessBuilder command) throws IOException {
        Process process = command.redirectErrorStream(true)
                .redirectOutput(directory.resolve(name).toFile())
                .start();
        started.add(process);
        return process;
    }

    private String text(String name) throws IOException {
        return Files.readString(directory.resolve(name), StandardCharsets.UTF_8);
    }

    /** Copies the class path, which only root may read, to a place for all users. */
    private String copyForAll(String classPath) {
        if (!copied.isEmpty()) {
            return copied;
        }
        List<String> copies = new ArrayList<>();
        try {
            for (String entry : classPath.split(File.pathSeparator, -1)) {
                Path source = Path.of(entry);
                Path target = directory.resolve(copies.size() + "-" + source.getFileName());
                try (Stream<Path> files = Files.walk(source)) {
                    for (Path file : files.toList()) {
                        Files.copy(file, target.resolve(source.relativize(file).toString()));
                    }
                }
                copies.add(target.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        copied = String.join(File.pathSeparator, copies);
        return copied;
    }
}
