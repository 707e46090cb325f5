// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OfferedCopiesTest {
    private static final Offer WORKS = new Offer.Works();
    private static final Offer REFUSED = new Offer.Refused("the kernel says no");

    private static OfferedCopies offers(Offer fexit, Offer kprobe) {
        return new OfferedCopies(tier -> tier == CopyTier.FEXIT ? fexit : kprobe);
    }

    @Test
    void theBestWayIsTaken() {
        OfferedCopies both = offers(WORKS, WORKS);

        assertThat(both.against(CopyChoice.AUTO)).isNull();
        assertThat(both.describe(CopyChoice.AUTO)).isEqualTo("fexit (fentry and fexit)");
        assertThat(both.describe(CopyChoice.KPROBE)).isEqualTo("kprobe (kprobes), as unraced.ebpf.copies has it");
    }

    @Test
    void theNextOneSaysWhyNotTheFirst() {
        assertThat(offers(REFUSED, WORKS).describe(CopyChoice.AUTO))
                .isEqualTo("kprobe (kprobes), since fexit does not work: the kernel says no");
    }

    @Test
    void withoutAnyAllReasonsAreTold() {
        OfferedCopies none = offers(REFUSED, new Offer.Unknown("no memory"));

        assertThat(none.against(CopyChoice.AUTO))
                .contains("fexit: the kernel says no")
                .contains("kprobe: it could not be found out (no memory)");
        assertThat(none.describe(CopyChoice.AUTO)).startsWith("none, since ");
    }

    @Test
    void configurationCanForbidThem() {
        assertThat(offers(WORKS, WORKS).against(CopyChoice.NONE)).isEqualTo("unraced.ebpf.copies is none");
        assertThat(offers(REFUSED, WORKS).against(CopyChoice.FEXIT)).contains("the kernel says no");
    }

    @Test
    void everyWayHasItsName() {
        assertThat(CopyChoice.NAMES).containsExactly("auto", "fexit", "kprobe", "none");
        for (String name : CopyChoice.NAMES) {
            assertThat(CopyChoice.of(name).name()).isEqualToIgnoringCase(name);
        }
    }
}
