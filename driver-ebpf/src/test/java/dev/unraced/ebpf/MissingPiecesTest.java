// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.ebpf.libbpf.KernelFileSystem;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the message to the user when a prerequisite is really missing. */
class MissingPiecesTest {
    private static final String NOBODY = "65534";

    @BeforeEach
    void needDriver() {
        RealKernel.need();
    }

    @Test
    void withoutPrivilegeTheRemedyIsNamed(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "env",
                "HOME=/tmp",
                "PATH=/usr/bin"));
        command.addAll(Commands.javaWith(readableClassPath(directory), ChildCapture.class));

        String said = Commands.run(command.toArray(String[]::new));

        assertThat(said)
                .startsWith("refused ")
                .contains("NO_PRIVILEGE")
                .contains("Run as root, or with CAP_BPF, CAP_PERFMON and CAP_DAC_READ_SEARCH")
                .doesNotContain("\tat ");
    }

    @Test
    void aFewCapabilitiesAreEnough(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        String few = "-all,+bpf,+perfmon,+dac_read_search";
        List<String> command = new ArrayList<>(List.of(
                // The test mounts tracefs in a new mount namespace, since this machine may have none mounted.
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tracefs tracefs /sys/kernel/tracing && exec \"$@\"",
                "sh",
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "--inh-caps=" + few,
                "--ambient-caps=" + few,
                "--bounding-set=" + few,
                "env",
                "HOME=/tmp",
                "PATH=/usr/bin"));
        command.addAll(Commands.javaWith(readableClassPath(directory), ChildCapture.class));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = child.inputReader()) {
            assertThat(output.readLine()).isEqualTo("open ebpf");
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void withoutLibbpfTheRemedyIsNamed() throws Exception {
        List<String> command = Commands.java(ChildCapture.class, "-Dunraced.ebpf.libbpf=libabsent.so.9");

        String said = Commands.run(command.toArray(String[]::new));

        assertThat(said)
                .startsWith("refused ")
                .contains("NO_LIBBPF")
                .contains("libabsent.so.9")
                .contains("apt-get install libbpf1")
                .doesNotContain("\tat ");
    }

    @Test
    void aLibraryThatIsNotLibbpfIsToldApart() throws Exception {
        List<String> command = Commands.java(ChildCapture.class, "-Dunraced.ebpf.libbpf=libc.so.6");

        String said = Commands.run(command.toArray(String[]::new));

        assertThat(said).contains("LIBBPF_TOO_OLD").contains("libbpf 1.2 or newer");
    }

    @Test
    void tracefsIsMountedForNobodyToSee() throws Exception {
        String before = Files.readString(Path.of("/proc/self/mounts"));
        try (KernelFileSystem tracefs = KernelFileSystem.tracefs()) {
            assertThat(tracefs.tracepoint("syscalls", "sys_enter_openat")).isPositive();
            assertThat(Files.readString(Path.of("/proc/self/mounts"))).isEqualTo(before);
        }
    }

    /** Copies the class path into a directory that any user may read, and returns it. */
    private static String readableClassPath(Path directory) throws IOException {
        StringJoiner path = new StringJoiner(File.pathSeparator);
        for (File entry : Commands.classPath()) {
            Path target = directory.resolve(Integer.toString(path.length()));
            if (entry.isDirectory()) {
                copyTree(entry.toPath(), target);
            } else {
                Files.copy(entry.toPath(), target, StandardCopyOption.REPLACE_EXISTING);
            }
            path.add(target.toString());
        }
        return path.toString();
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
