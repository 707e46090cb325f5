// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capabilities;
import dev.unraced.event.Feature;
import dev.unraced.protocol.v1.Lacking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilitiesCodecTest {
    @Test
    void whatADriverLacksArrivesWithItsReason() {
        Capabilities sent = Capabilities.complete().without(Feature.RATE_LIMITS, "it is a fake");
        assertThat(CapabilitiesCodec.decode(CapabilitiesCodec.encode("fake", sent))
                        .lacking())
                .isEqualTo(sent.lacking());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1000, 1001, 5000})
    void aReasonThatBeginsWithBlanksIsAReason(int blanks) {
        dev.unraced.protocol.v1.Capabilities message =
                CapabilitiesCodec.encode("fake", Capabilities.complete()).toBuilder()
                        .addLacking(Lacking.newBuilder()
                                .setCapability(Feature.RATE_LIMITS.name())
                                .setReason(" ".repeat(blanks) + "x"))
                        .build();
        assertThat(CapabilitiesCodec.decode(message).lacking().get(Feature.RATE_LIMITS))
                .isNotBlank()
                .hasSizeLessThanOrEqualTo(1000);
    }
}
