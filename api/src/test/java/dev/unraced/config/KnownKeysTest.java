// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.names.NearestName;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class KnownKeysTest {
    private final KnownKeys keys = new KnownKeys(ConfigLoader.reference(CaptureConfig.class.getClassLoader()));

    @Test
    void aSlipInAnyKnownKeyFindsAKeyOneEditAway() {
        for (String key : new TreeSet<>(keys.defaults().keySet())) {
            for (int at = 0; at < key.length(); at++) {
                assertIsNear(key.substring(0, at) + key.substring(at + 1));
                assertIsNear(key.substring(0, at) + "q" + key.substring(at));
                assertIsNear(key.substring(0, at) + "q" + key.substring(at + 1));
            }
        }
    }

    private void assertIsNear(String slip) {
        assertThat(NearestName.distance(slip, keys.nearest(slip).orElseThrow()))
                .as(slip)
                .isLessThanOrEqualTo(1);
    }
}
