// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.Abi;
import dev.unraced.event.Mitigation;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    @Test
    void whatIsInDoubtIsAskedForOnlyByWhoWantsToKnow() {
        AtomicInteger asked = new AtomicInteger();
        Capabilities capabilities = Capabilities.complete()
                .without(Abi.X32, "too old")
                .withoutIf(Mitigation.KERNEL, () -> {
                    asked.incrementAndGet();
                    return "refused";
                });

        assertThat(capabilities.has(Mitigation.STASH)).isTrue();
        assertThat(capabilities.has(Abi.X32)).isFalse();
        capabilities.require(Mitigation.OFF, "fake");
        assertThat(asked).hasValue(0);

        assertThat(capabilities.reason(Mitigation.KERNEL)).hasValue("refused");
        assertThat(capabilities.lacking())
                .containsEntry(Mitigation.KERNEL, "refused")
                .containsEntry(Abi.X32, "too old");
        assertThatThrownBy(() -> capabilities.require(Mitigation.KERNEL, "fake"))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("refused");
        assertThat(asked).hasValue(3);
    }

    @Test
    void aDoubtThatTurnsOutToBeNoneLeavesTheCapability() {
        Capabilities capabilities = Capabilities.complete().withoutIf(Mitigation.KERNEL, () -> null);

        assertThat(capabilities.has(Mitigation.KERNEL)).isTrue();
        assertThat(capabilities.lacking()).isEmpty();
    }

    @Test
    void aDeclaredLackNeedsNoQuestion() {
        Capabilities capabilities = Capabilities.complete()
                .withoutIf(Abi.IA32, () -> {
                    throw new AssertionError("asked");
                })
                .without(Abi.IA32, "switched off");

        assertThat(capabilities.reason(Abi.IA32)).hasValue("switched off");
        assertThat(capabilities.lacking()).containsOnlyKeys(Abi.IA32);
    }
}
