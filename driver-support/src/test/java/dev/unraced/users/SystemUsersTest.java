// SPDX-License-Identifier: Apache-2.0
package dev.unraced.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests whose users the C library knows, of machines and containers that are files of a folder. */
class SystemUsersTest {
    private static final String CONTAINER = "/docker/" + "0123456789abcdef".repeat(4);

    @TempDir
    private Path folder;

    private Path proc;
    private Path root;

    @BeforeEach
    void make() throws IOException {
        proc = folder.resolve("proc");
        root = Files.createDirectories(folder.resolve("root/etc")).getParent();
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\n");
        Files.createDirectories(proc.resolve("self/ns"));
        Files.createDirectories(proc.resolve("1"));
        namespace("pid", 4026531836L);
        namespace("cgroup", 4026531835L);
        Files.writeString(proc.resolve("self/cgroup"), "0::/system.slice/unraced.service\n");
    }

    @Test
    void theRootDirectoryOfTheFirstProcessHasTheMachinesUsers() throws IOException {
        Files.createSymbolicLink(proc.resolve("1/root"), root);
        assertThat(names()).isTrue();
    }

    @Test
    void anImagesUsersAreNotTheMachines() throws IOException {
        // The deployment for Kubernetes shares the machine's process ids, and its root directory is the image's.
        Path machine = Files.createDirectories(folder.resolve("machine/etc")).getParent();
        Files.writeString(machine.resolve("etc/passwd"), "alice:x:1000:1000::/:/bin/sh\n");
        Files.createSymbolicLink(proc.resolve("1/root"), machine);
        assertThat(names()).isFalse();
        assertThat(new SystemUsers(proc, root).nameOf(0)).isNull();
        Files.delete(root.resolve("etc/passwd"));
        Files.createLink(root.resolve("etc/passwd"), machine.resolve("etc/passwd"));
        assertThat(names()).as("the machine's file is mounted").isTrue();
    }

    @Test
    void anotherProcessNamespaceHasOtherUsers() throws IOException {
        Files.createSymbolicLink(proc.resolve("1/root"), root);
        namespace("pid", 4026532000L);
        assertThat(names()).isFalse();
    }

    @Test
    void whoMayNotLookAtTheFirstProcessGoesByCgroups() throws IOException {
        // Whoever builds in a container has the folders of tests on an overlay.
        assertThat(names()).isEqualTo(!Files.getFileStore(root).type().equals("overlay"));
        namespace("cgroup", 4026532001L);
        assertThat(names()).isFalse();
        namespace("cgroup", 4026531835L);
        Files.writeString(proc.resolve("self/cgroup"), "0::" + CONTAINER + "\n");
        assertThat(names()).isFalse();
    }

    private boolean names() {
        return new SystemUsers(proc, root).isOfMachine();
    }

    private void namespace(String kind, long number) throws IOException {
        Path link = proc.resolve("self/ns").resolve(kind);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(kind + ":[" + number + "]"));
    }
}
