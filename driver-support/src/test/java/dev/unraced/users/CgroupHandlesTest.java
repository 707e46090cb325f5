// SPDX-License-Identifier: Apache-2.0
package dev.unraced.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.natives.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupHandlesTest {
    private static final String INITIAL = "cgroup:[4026531835]";
    private static final String MOUNT = "41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n";

    private final CgroupHandles cgroups = new CgroupHandles();

    @Test
    void aCgroupHasItsPathAsLongAsItIsThere() throws IOException {
        String hierarchy = cgroups.hierarchy();
        assumeTrue(hierarchy != null && LibC.geteuid() == 0, "needs root, and a v2 hierarchy");
        Path made = Files.createTempDirectory(Path.of(hierarchy), "unraced \"handle\" ");
        Path below = Files.createDirectory(made.resolve("below (deleted)"));
        long id = (Long) Files.getAttribute(below, "unix:ino");
        try {
            assertThat(cgroups.pathOf(id)).isEqualTo(below.toString().substring(hierarchy.length()));
            assertThat(cgroups.pathOf((Long) Files.getAttribute(Path.of(hierarchy), "unix:ino")))
                    .isEqualTo("/");
        } finally {
            Files.delete(below);
            Files.delete(made);
        }
        assertThat(cgroups.pathOf(id)).isNull();
        assertThat(cgroups.pathOf(-1)).isNull();
    }

    @Test
    void onlyTheWholeHierarchyCounts(@TempDir Path proc) throws IOException {
        assertThat(hierarchy(proc, INITIAL, "23 1 254:0 / / rw - ext4 /dev/root rw\n" + MOUNT))
                .isEqualTo("/sys/fs/cgroup");
        assertThat(hierarchy(proc, INITIAL, MOUNT.replace(" / ", " /docker/1 ")))
                .isNull();
        assertThat(hierarchy(proc, INITIAL, "")).isNull();
        assertThat(hierarchy(proc, INITIAL, "torn - cgroup2 \n")).isNull();
        assertThat(hierarchy(proc, "cgroup:[4026532000]", MOUNT))
                .as("in a container")
                .isNull();
    }

    private static String hierarchy(Path proc, String namespace, String mounts) throws IOException {
        Path self = Files.createDirectories(proc.resolve("self/ns")).getParent();
        Files.deleteIfExists(self.resolve("ns/cgroup"));
        Files.createSymbolicLink(self.resolve("ns/cgroup"), Path.of(namespace));
        Files.writeString(self.resolve("mountinfo"), mounts);
        return new CgroupHandles(proc).hierarchy();
    }
}
