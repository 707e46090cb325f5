// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the answers for imaginary kernels; the kit checks the answer of a real kernel with real calls. */
class OfferedAbisTest {
    private static final String RELEASE = "6.12";

    @TempDir
    private Path root;

    @Test
    void aKernelWithoutTheSettingHasNo32BitCalls() {
        assertThat(takesIa32()).isFalse();
    }

    @Test
    void theLastWordOfTheCommandLineDecides() throws IOException {
        write("proc/sys/abi/vsyscall32", "1");
        assertThat(takesIa32()).isTrue();
        write("proc/cmdline", "quiet ia32_emulation=off");
        assertThat(takesIa32()).isFalse();
        write("proc/cmdline", "ia32_emulation=0 quiet ia32_emulation=On");
        assertThat(takesIa32()).isTrue();
        write("proc/cmdline", "not_ia32_emulation=0");
        assertThat(takesIa32()).isTrue();
    }

    @Test
    void aKernelCanBeBuiltToTakeThemOnDemandOnly() throws IOException {
        write("proc/sys/abi/vsyscall32", "1");
        write("boot/config-" + RELEASE, "CONFIG_IA32_EMULATION=y\nCONFIG_IA32_EMULATION_DEFAULT_DISABLED=y\n");
        assertThat(takesIa32()).isFalse();
        write("proc/cmdline", "ia32_emulation=yes");
        assertThat(takesIa32()).isTrue();
    }

    @Test
    void debiansSwitchOfX32Decides() throws IOException {
        write("sys/module/syscall/parameters/x32", "Y\n");
        assertThat(takesX32()).isTrue();
        write("sys/module/syscall/parameters/x32", "N\n");
        assertThat(takesX32()).isFalse();
    }

    @Test
    void withoutItTheKernelsFunctionsTell() throws IOException {
        assertThat(takesX32()).isFalse();
        write("sys/kernel/btf/vmlinux", "\0x32_setup_rt_frame\0");
        assertThat(takesX32()).isTrue();
    }

    private boolean takesIa32() {
        return OfferedAbis.takesIa32(root, RELEASE);
    }

    private boolean takesX32() {
        return OfferedAbis.takesX32(root, () -> KernelTypes.under(root));
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
