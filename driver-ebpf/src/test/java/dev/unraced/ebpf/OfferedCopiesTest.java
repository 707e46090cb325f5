// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OfferedCopiesTest {
    private static final ProbeResult WORKS = new ProbeResult.Works();
    private static final ProbeResult REFUSED = new ProbeResult.Refused("the kernel says no");

    private static OfferedCopies copies(ProbeResult fexit, ProbeResult kprobe) {
        return new OfferedCopies(method -> method == AttachMethod.FEXIT ? fexit : kprobe);
    }

    @Test
    void theBestWayIsTaken() {
        OfferedCopies both = copies(WORKS, WORKS);

        assertThat(both.unavailableReason(CopyChoice.AUTO)).isNull();
        assertThat(both.describe(CopyChoice.AUTO)).isEqualTo("fexit (fentry and fexit)");
        assertThat(both.describe(CopyChoice.KPROBE)).isEqualTo("kprobe (kprobes), as unraced.ebpf.copies has it");
    }

    @Test
    void theNextOneSaysWhyNotTheFirst() {
        assertThat(copies(REFUSED, WORKS).describe(CopyChoice.AUTO))
                .isEqualTo("kprobe (kprobes), since fexit does not work: the kernel says no");
    }

    @Test
    void withoutAnyAllReasonsAreTold() {
        OfferedCopies none = copies(REFUSED, new ProbeResult.Unknown("no memory"));

        assertThat(none.unavailableReason(CopyChoice.AUTO))
                .contains("fexit: the kernel says no")
                .contains("kprobe: it could not be found out (no memory)");
        assertThat(none.describe(CopyChoice.AUTO)).startsWith("none, since ");
    }

    @Test
    void configurationCanForbidThem() {
        assertThat(copies(WORKS, WORKS).unavailableReason(CopyChoice.NONE)).isEqualTo("unraced.ebpf.copies is none");
        assertThat(copies(REFUSED, WORKS).unavailableReason(CopyChoice.FEXIT)).contains("the kernel says no");
    }

    @Test
    void everyWayHasItsName() {
        assertThat(CopyChoice.NAMES).containsExactly("auto", "fexit", "kprobe", "none");
        for (String name : CopyChoice.NAMES) {
            assertThat(CopyChoice.of(name).name()).isEqualToIgnoringCase(name);
        }
    }
}
