// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProcessesTest {
    @TempDir
    private Path proc;

    @Test
    void aProcessWithoutAFolderIsGone() throws IOException {
        make("pid:[4026531836]", "1", "7");
        assertThat(LocalProcesses.isGone("ebpf", proc).test(7)).isFalse();
        assertThat(LocalProcesses.isGone("ebpf", proc).test(8)).isTrue();
    }

    @Test
    void nothingIsSaidOfIdsThatAreNotOfThisProc() throws IOException {
        make("pid:[4026531836]", "1");
        assertThat(LocalProcesses.isGone("gvisor", proc).test(8)).isFalse();
        Files.delete(proc.resolve("1"));
        assertThat(LocalProcesses.isGone("ebpf", proc).test(8)).as("hidepid").isFalse();
    }

    @Test
    void aNamespaceBelowSeesNotAll() throws IOException {
        make("pid:[4026532000]", "1");
        assertThat(LocalProcesses.isGone("ebpf", proc).test(8)).isFalse();
    }

    private void make(String namespace, String... ids) throws IOException {
        Files.createDirectories(proc.resolve("self/ns"));
        Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of(namespace));
        for (String id : ids) {
            Files.createDirectory(proc.resolve(id));
        }
    }
}
