// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.Errno;
import dev.unraced.settings.CallHooks;
import org.junit.jupiter.api.Test;

/** Tests what is said about the places where calls are seen. */
class CallFunctionsTest {

    @Test
    void whatTheConfigurationSaysNeedsNoDevice() {
        assertThat(CallFunctions.areTaken(CallHooks.FUNCTION)).isTrue();
        assertThat(CallFunctions.areTaken(CallHooks.TRACEPOINT)).isFalse();
        assertThat(CallFunctions.describe(CallHooks.FUNCTION))
                .isEqualTo("the kernel's functions, as unraced.kmod.hooks has it");
        assertThat(CallFunctions.describe(CallHooks.TRACEPOINT)).isEqualTo("tracepoints, as unraced.kmod.hooks has it");
    }

    @Test
    void everyRefusalHasAReason() {
        assertThat(CallFunctions.reason(Errno.EBUSY)).contains("livepatch");
        assertThat(CallFunctions.reason(Errno.EOPNOTSUPP)).isEqualTo("this kernel's functions cannot be patched");
        assertThat(CallFunctions.reason(Errno.ENOMEM)).contains("errno 12");
    }

    @Test
    void eachChoiceHasTheNumberOfTheDevice() {
        for (CallHooks hooks : CallHooks.values()) {
            assertThat(DeviceConfig.hooks(DeviceConfig.number(hooks))).isEqualTo(hooks);
        }
        assertThat(CallHooks.NAMES).containsExactly("auto", "function", "tracepoint");
        assertThat(CallHooks.FUNCTION.inWords()).isEqualTo("functions");
    }
}
