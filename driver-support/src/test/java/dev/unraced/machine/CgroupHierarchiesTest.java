// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CgroupHierarchiesTest {
    private static final String ROOT = "23 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw\n";
    private static final String V1 = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
    private static final String V2 = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

    private static boolean tellContainers(String mounts) {
        return CgroupHierarchies.againstContainers(mounts.getBytes(StandardCharsets.ISO_8859_1)) == null;
    }

    @Test
    void theSecondVersionAndBothTellContainers() {
        assertThat(tellContainers(ROOT + V2)).isTrue();
        // Some runtimes, such as runc 1.1, put a container into the second hierarchy, too, where both are mounted.
        assertThat(tellContainers(ROOT + V1 + V2)).isTrue();
    }

    @Test
    void theFirstVersionAloneDoesNot() {
        assertThat(tellContainers(ROOT + V1)).isFalse();
        assertThat(CgroupHierarchies.againstContainers((ROOT + V1).getBytes(StandardCharsets.ISO_8859_1)))
                .contains("cgroup v1 alone");
    }

    @Test
    void nothingIsSaidWhereNoHierarchyIsMounted() {
        assertThat(tellContainers(ROOT)).isTrue();
        assertThat(tellContainers("torn\n")).isTrue();
    }
}
