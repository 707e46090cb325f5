// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Syscall;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OfferedCallsTest {
    @Test
    void x86HasAll() {
        Set<Syscall> all = EnumSet.allOf(Syscall.class);
        assertThat(OfferedCalls.among(all, "amd64")).isEqualTo(all);
        assertThat(OfferedCalls.unavailableReason(Syscall.CREAT, "amd64")).isNull();
    }

    @Test
    void aarch64HasNeitherOpenNorCreat() {
        assertThat(OfferedCalls.among(EnumSet.allOf(Syscall.class), "aarch64"))
                .containsExactlyInAnyOrder(Syscall.OPENAT, Syscall.OPENAT2, Syscall.CONNECT);
        assertThat(OfferedCalls.unavailableReason(Syscall.OPEN, "aarch64"))
                .isEqualTo("aarch64 has no such system call");
    }

    @Test
    void nothingMayBeLeft() {
        assertThat(OfferedCalls.among(Set.of(Syscall.OPEN), "aarch64")).isEmpty();
    }
}
