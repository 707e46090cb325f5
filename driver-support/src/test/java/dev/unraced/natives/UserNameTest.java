// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import dev.unraced.process.UserNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserNameTest {
    @Test
    void namesAreThoseThatIdTells() throws IOException {
        for (long uid : new long[] {0, 1, 2, 65_534}) {
            assertThat(LibC.userName(uid)).as("user %d", uid).isEqualTo(id(uid));
        }
        assertThat(LibC.userName(4_294_967_290L)).isNull();
    }

    @Test
    void theNamesOfThisMachineAreFound() {
        UserNames names = UserNames.ofThisMachine();
        while (names.nameOf(0) == null) {
            Thread.onSpinWait();
        }
        assertThat(names.nameOf(0)).isEqualTo(ByteString.utf8("root"));
    }

    private static String id(long uid) throws IOException {
        Process id = new ProcessBuilder(List.of("id", "-un", Long.toString(uid))).start();
        return new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
