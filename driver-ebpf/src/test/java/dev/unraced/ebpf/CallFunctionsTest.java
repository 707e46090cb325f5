// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallFunctionsTest {
    /** The lines are those of Linux 6.1 and 6.12. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "__x64_sys_openat (1) R   D M  \ttramp: ftrace_regs_caller+0x0/0x65 (call_direct_funcs+0x0/0x20) | true",
                "__ia32_compat_sys_socketcall (2) R   D     \ttramp: ftrace_regs_caller+0x0/0x65 | true",
                "__x64_sys_openat (1)            \ttramp: 0xffffffffc0a07000 (kprobe_ftrace_handler+0x0) | false",
                "__x64_sys_openat (1) R I         \ttramp: klp_ftrace_handler D | false",
                "__x64_sys_openat_more (1) R   D | false",
                "do_filp_open (1) R   D | false",
                "'' | false",
            })
    void aFunctionWithATrampolineIsOccupied(String line, boolean expected) {
        assertThat(CallFunctions.isAnyOccupied("schedule (1) R\n" + line + "\n"))
                .isEqualTo(expected);
    }
}
