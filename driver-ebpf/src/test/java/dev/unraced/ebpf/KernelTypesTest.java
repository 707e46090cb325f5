// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KernelTypesTest {

    @Test
    void aNameIsWhole() {
        byte[] strings = "\0int\0task_struct\0pid\0".getBytes(StandardCharsets.US_ASCII);

        assertThat(KernelTypes.contains(strings, "int")).isTrue();
        assertThat(KernelTypes.contains(strings, "task_struct")).isTrue();
        assertThat(KernelTypes.contains(strings, "pid")).isTrue();
        assertThat(KernelTypes.contains(strings, "task")).isFalse();
        assertThat(KernelTypes.contains(strings, "struct")).isFalse();
        assertThat(KernelTypes.contains(new byte[0], "int")).isFalse();
    }

    @Test
    void theRunningKernelHasTasks() {
        RealKernel.need();
        assertThat(KernelTypes.have("task_struct")).isTrue();
        assertThat(KernelTypes.have("no_such_type_anywhere")).isFalse();
    }
}
