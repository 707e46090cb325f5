// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.natives.NativePart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks which libbpf the driver loads on this system, with mounts that only the tested process sees. */
class LibraryOrderTest {
    private static final String MOUNT_NOEXEC = "mount -t tmpfs -o noexec tmpfs ";

    @TempDir
    private Path directory;

    @BeforeEach
    void needDriverWithItsLibrary() {
        RealKernel.need();
        assumeTrue(NativePart.of(LibBpf.class, "libunraced_bpf.so").isPresent(), "built without static libraries");
    }

    @Test
    void theOneInTheJarComesFirstAndLeavesNothingBehind() throws Exception {
        String said = run(List.of(), "-Djava.io.tmpdir=" + directory, "-Duser.home=" + directory);

        assertThat(said).startsWith("available with bundled, version 1.");
        try (Stream<Path> left = Files.walk(directory)) {
            assertThat(left.filter(file -> file.toString().endsWith(".so"))).isEmpty();
        }
    }

    @Test
    void noLibbpfOfTheSystemIsNeeded() throws Exception {
        List<String> hidden = new ArrayList<>();
        for (Path library : librariesOfSystem()) {
            hidden.add("mount --bind /dev/null " + library);
        }
        assumeTrue(!hidden.isEmpty(), "this system has none that could be hidden");

        assertThat(run(hidden)).startsWith("available with bundled");
        assertThat(run(hidden, "-Dunraced.ebpf.libbpf=libbpf.so.1"))
                .contains("NO_LIBBPF")
                .contains("leave unraced.ebpf.libbpf out: the jar has one");
    }

    @Test
    void aPathIsTakenAsItIs() throws Exception {
        List<Path> libraries = librariesOfSystem();
        assumeTrue(!libraries.isEmpty(), "this system has none");
        String library = libraries.get(0).toString();

        assertThat(run(List.of(), "-Dunraced.ebpf.libbpf=" + library)).startsWith("available with " + library);
    }

    @Test
    void whereTheFirstDirectoryForbidsCodeAnotherIsTaken() throws Exception {
        String said = run(List.of(MOUNT_NOEXEC + directory), "-Djava.io.tmpdir=" + directory);

        assertThat(said).startsWith("available with bundled");
    }

    @Test
    void whereEveryDirectoryForbidsCodeTheSystemsIsTaken() throws Exception {
        assumeTrue(!librariesOfSystem().isEmpty(), "this system has none");

        // JNA's native half cannot be unpacked either, so JNA loads it from the path in its properties.
        String said = run(everywhere(), withOtherJna());

        assertThat(said).startsWith("available with libbpf.so.1, version 1.");
    }

    @Test
    void whereNothingIsLeftTheRemedyIsNamed() throws Exception {
        String said = run(everywhere(), "-Djava.io.tmpdir=" + directory, "-Duser.home=" + directory);

        assertThat(said)
                .startsWith("NOEXEC: ")
                .contains(directory + ": mounted noexec")
                .contains("-Djava.io.tmpdir=DIR");
    }

    private List<String> everywhere() {
        return List.of(MOUNT_NOEXEC + directory, MOUNT_NOEXEC + "/var/tmp", MOUNT_NOEXEC + "/dev/shm");
    }

    private String[] withOtherJna() throws Exception {
        Path boot = Files.createDirectory(
                        Path.of("target", "jna-" + ProcessHandle.current().pid()))
                .toAbsolutePath();
        NativePart.at(com.sun.jna.Native.class, "/com/sun/jna/linux-x86-64/libjnidispatch.so")
                .use(copy -> Files.copy(copy, boot.resolve("libjnidispatch.so")));
        return new String[] {
            "-Djna.boot.library.path=" + boot, "-Djava.io.tmpdir=" + directory, "-Duser.home=" + directory
        };
    }

    /** Runs {@link ChildLibrary} in a process with its own mounts, and returns its output. */
    private static String run(List<String> mounts, String... options) throws Exception {
        List<String> steps = new ArrayList<>(mounts);
        steps.add("exec env -u XDG_RUNTIME_DIR \"$@\"");
        List<String> command =
                new ArrayList<>(List.of("unshare", "--mount", "sh", "-ec", String.join("\n", steps), "sh"));
        command.addAll(Commands.java(ChildLibrary.class, options));
        return Commands.run(command.toArray(String[]::new));
    }

    private static List<Path> librariesOfSystem() throws Exception {
        List<Path> found = new ArrayList<>();
        for (String line : Commands.run("/sbin/ldconfig", "-p").split("\n", -1)) {
            if (line.contains("libbpf.so.1 ")) {
                found.add(Path.of(line.substring(line.indexOf("=> ") + 3)).toRealPath());
            }
        }
        return found;
    }
}
