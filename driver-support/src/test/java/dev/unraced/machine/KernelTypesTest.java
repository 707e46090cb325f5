// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the search for names in a kernel's BTF. */
class KernelTypesTest {
    private static final String BTF = "sys/kernel/btf/vmlinux";

    @TempDir
    private Path root;

    @Test
    void aNameIsWhole() throws IOException {
        Path btf = root.resolve(BTF);
        Files.createDirectories(btf.getParent());
        Files.write(btf, "\0int\0task_struct\0pid\0".getBytes(StandardCharsets.US_ASCII));

        KernelTypes types = KernelTypes.under(root);

        assertThat(types.has("int")).isTrue();
        assertThat(types.has("task_struct")).isTrue();
        assertThat(types.has("pid")).isTrue();
        assertThat(types.has("task")).isFalse();
        assertThat(types.has("struct")).isFalse();
    }

    @Test
    void aKernelWithoutBtfHasNoNames() {
        assertThat(KernelTypes.under(root).has("int")).isFalse();
        assertThat(KernelTypes.under(root).enumerator("PIDTYPE_PID")).isEmpty();
    }

    @Test
    void theRunningKernelHasTasks() {
        assumeTrue(Files.isReadable(Path.of("/", BTF)), "this kernel has no BTF");

        KernelTypes types = KernelTypes.read();

        assertThat(types.has("task_struct")).isTrue();
        assertThat(types.has("no_such_type_anywhere")).isFalse();
        // enum pid_type of include/linux/pid_types.h has a name, and the enumeration of io_uring's flags has none.
        assertThat(types.enumerator("PIDTYPE_PID")).hasValue(0);
        assertThat(types.enumerator("PIDTYPE_TGID")).hasValue(1);
        assertThat(types.enumerator("REQ_F_POLLED_BIT").orElse(0)).isBetween(1, 63);
        assertThat(types.enumerator("task_struct")).isEmpty();
        assertThat(types.enumerator("no_such_type_anywhere")).isEmpty();
    }
}
