// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountsTest {
    private static final List<String> TABLE = List.of(
            "21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
            "22 21 0:20 / /run rw,nosuid,nodev,noexec,relatime shared:2 - tmpfs tmpfs rw",
            "23 22 0:21 / /run/user/7 rw,nosuid,nodev,relatime shared:3 - tmpfs tmpfs rw",
            "24 21 0:22 / /my\\040tmp rw,noexec - tmpfs tmpfs rw",
            "25 21 0:23 / /twice rw,noexec - tmpfs tmpfs rw",
            "26 25 0:24 / /twice rw - tmpfs tmpfs rw",
            "torn");

    @Test
    void theInnermostMountDecides() {
        assertThat(forbids("/tmp")).isFalse();
        assertThat(forbids("/run")).isTrue();
        assertThat(forbids("/run/lock")).isTrue();
        assertThat(forbids("/run/user/7/x")).isFalse();
        assertThat(forbids("/runner")).isFalse();
    }

    @Test
    void aMountHidesTheOneBelowIt() {
        assertThat(forbids("/twice")).isFalse();
    }

    @Test
    void namesWithSpacesAreRead() {
        assertThat(forbids("/my tmp/x")).isTrue();
    }

    private static boolean forbids(String directory) {
        return Mounts.forbidCode(Path.of(directory), TABLE);
    }
}
