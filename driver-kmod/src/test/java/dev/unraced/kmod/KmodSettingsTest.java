// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.settings.CallHooks;
import org.junit.jupiter.api.Test;

class KmodSettingsTest {
    @Test
    void aWordHasAnyCase() {
        CaptureConfig config =
                CaptureConfig.builder().set("kmod.hooks", "Function").build();
        assertThat(KmodSettings.of(config).hooks()).isEqualTo(CallHooks.FUNCTION);
    }

    @Test
    void aWrongWordComesWithTheList() {
        CaptureConfig config =
                CaptureConfig.builder().set("kmod.hooks", "FUNKTION").build();
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> KmodSettings.of(config))
                .withMessageContaining("unraced.kmod.hooks = FUNKTION (builder), the nearest is function;"
                        + " allowed: auto, function, tracepoint");
    }
}
