// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class MitigationTest {

    @Test
    void readsNamesInAnyCase() {
        assertThat(Mitigation.parse("stash")).isEqualTo(Mitigation.STASH);
        assertThat(Mitigation.parse("OFF")).isEqualTo(Mitigation.OFF);
        assertThat(Mitigation.parse("Kernel")).isEqualTo(Mitigation.KERNEL);
    }

    @Test
    void saysWhichNamesThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Mitigation.parse("stach"))
                .withMessage("there is no mode 'stach'; there are off, stash, kernel");
    }
}
