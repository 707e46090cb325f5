// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineFactsTest {
    @TempDir
    private Path root;

    @Test
    void readsWhatTheKernelShows() throws IOException {
        file("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
        file("sys/kernel/btf/vmlinux", "");
        file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
        file("proc/sys/kernel/perf_event_paranoid", "3\n");
        file("proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
        file("proc/self/status", "Name:\tjava\nCapPrm:\tffffffffffffffff\nCapEff:\t000000c001000000\nCapBnd:\t0\n");
        file(
                "proc/self/limits",
                "Limit  Soft Limit  Hard Limit  Units\nMax locked memory         8388608    8388608  bytes\n");

        MachineFacts facts = MachineFacts.read(root);

        assertThat(facts.release()).contains("6.1.0-18-amd64");
        assertThat(facts.btf()).isTrue();
        assertThat(facts.lockdown()).contains("integrity");
        assertThat(facts.perfEventParanoid()).contains("3");
        assertThat(facts.unprivilegedBpfDisabled()).contains("2");
        assertThat(facts.capabilities())
                .containsExactly(
                        ProcessCapability.CAP_SYS_RESOURCE, ProcessCapability.CAP_PERFMON, ProcessCapability.CAP_BPF);
        assertThat(facts.memoryLock()).contains("8388608");
    }

    @Test
    void whatIsMissingIsUnknown() {
        MachineFacts facts = MachineFacts.read(root);

        assertThat(facts.release()).isEmpty();
        assertThat(facts.btf()).isFalse();
        assertThat(facts.lockdown()).isEmpty();
        assertThat(facts.capabilities()).isEmpty();
        assertThat(facts.memoryLock()).isEmpty();
    }

    @Test
    void readsThisMachine() {
        MachineFacts facts = MachineFacts.read(Path.of("/"));

        assertThat(facts.release()).isPresent();
        assertThat(facts.memoryLock()).isPresent();
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
