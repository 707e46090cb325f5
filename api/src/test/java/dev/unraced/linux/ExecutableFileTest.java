// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are told apart by device and inode, and the device is the superblock's. */
class ExecutableFileTest {
    @TempDir
    private Path directory;

    @Test
    void namesOfOneFileAreOneAndCopiesAreTwo() throws IOException {
        Path one = Files.createFile(directory.resolve("one"));
        Path second = Files.createLink(directory.resolve("second"), one);
        Path link = Files.createSymbolicLink(directory.resolve("link"), one);
        Path other = Files.createFile(directory.resolve("other"));

        assertThat(all(one, second, link)).hasSize(1).isEqualTo(all(link));
        assertThat(all(one, other)).hasSize(2).containsAll(all(second));
        assertThat(all(one).iterator().next().inode()).isEqualTo(Files.getAttribute(one, "unix:ino"));
    }

    @Test
    void aFileOfAProcessIsNamedThroughIt() throws IOException {
        String proc = "/proc/" + ProcessHandle.current().pid();
        Path java = Path.of(proc, "exe").toRealPath();
        assertThat(all(Path.of(proc, "exe"), Path.of("/proc/self/exe"), Path.of(proc + "/root" + java)))
                .isEqualTo(all(java));
    }

    @Test
    void whatIsNoFileSaysWhy() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> all(missing)).isInstanceOf(IOException.class).hasMessage("there is no " + missing);
        assertThatThrownBy(() -> all(directory)).isInstanceOf(IOException.class).hasMessage(directory + " is no file");
    }

    @Test
    void devicesOfTheCLibraryBecomeTheKernels() {
        assertThat(ExecutableFile.kernelDevice(0x801)).isEqualTo(8 << 20 | 1);
        assertThat(ExecutableFile.kernelDevice(40)).isEqualTo(40);
        // gnu_dev_makedev(3) of 259 and 300.
        assertThat(ExecutableFile.kernelDevice(0x1_1032CL)).isEqualTo(259 << 20 | 300);
    }

    private static Set<ExecutableFile> all(Path... paths) throws IOException {
        return ExecutableFile.all(List.of(paths).stream().map(Path::toString).toList());
    }
}
