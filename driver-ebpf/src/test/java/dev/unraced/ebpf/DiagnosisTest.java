// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.linux.Errno;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    private static final long ALL = -1;
    private static final long BPF_AND_PERFMON = 1L << 39 | 1L << 38;

    private static Machine machine(String kernel, boolean btf, long capabilities, String lockdown) {
        return new Machine(true, "x86_64", kernel, btf, capabilities, lockdown);
    }

    private static Machine good() {
        return machine("6.18.1", true, ALL, "none");
    }

    private static String code(Availability availability) {
        return ((Unavailable) availability).code();
    }

    private static EbpfFailure load(int errno) {
        return new EbpfFailure(Step.LOAD, errno, "");
    }

    @Test
    void anotherSystemIsRuledOutWithoutTrying() {
        Machine other = new Machine(false, "x86_64", "14.1", false, ALL, "none");

        assertThat(code(Diagnosis.beforehand(other))).isEqualTo("NOT_LINUX");
        assertThat(Diagnosis.beforehand(good()).isAvailable()).isTrue();
    }

    @Test
    void privilegeComesFirst() {
        Machine poor = machine("5.4.0", false, 0, "confidentiality");

        assertThat(code(Diagnosis.of(load(Errno.EPERM), poor))).isEqualTo("NO_PRIVILEGE");
    }

    @Test
    void twoCapabilitiesAreEnough() {
        Machine modest = machine("6.1.0", true, BPF_AND_PERFMON, "none");

        assertThat(code(Diagnosis.of(load(Errno.EPERM), modest))).isEqualTo("FORBIDDEN");
    }

    @Test
    void aMissingDescriptionOfTypesIsNamed() {
        assertThat(code(Diagnosis.of(load(Errno.ENOENT), machine("6.1.0", false, ALL, "none"))))
                .isEqualTo("NO_BTF");
    }

    @Test
    void lockdownIsNamed() {
        assertThat(code(Diagnosis.of(load(Errno.EPERM), machine("6.1.0", true, ALL, "confidentiality"))))
                .isEqualTo("LOCKDOWN");
        assertThat(code(Diagnosis.of(load(Errno.EPERM), machine("6.1.0", true, ALL, "integrity"))))
                .isEqualTo("FORBIDDEN");
    }

    @Test
    void anOldKernelIsNamedOnlyAfterAFailure() {
        for (String old : new String[] {"5.16.20-generic", "5.4", "4.19.0-27-amd64"}) {
            assertThat(code(Diagnosis.of(load(Errno.EINVAL), machine(old, true, ALL, "none"))))
                    .as(old)
                    .isEqualTo("KERNEL_TOO_OLD");
        }
        assertThat(Diagnosis.of(load(Errno.EINVAL), machine("5.17.0", true, ALL, "none")))
                .isInstanceOf(Inconclusive.class);
        assertThat(Diagnosis.of(load(Errno.EINVAL), machine("custom", true, ALL, "none")))
                .isInstanceOf(Inconclusive.class);
    }

    @Test
    void whatNobodyForesawIsInconclusiveAndKeepsTheVerifiersWords() {
        Availability availability =
                Diagnosis.of(new EbpfFailure(Step.LOAD, Errno.EINVAL, "R1 invalid mem access"), good());

        assertThat(availability.describe())
                .isEqualTo("inconclusive: loading the programs, errno 22: R1 invalid mem access");
    }

    @Test
    void memoryIsNamedWithTheSettingsThatNeedIt() {
        assertThat(Diagnosis.of(load(Errno.ENOMEM), good()).describe())
                .startsWith("NO_MEMORY")
                .contains("unraced.ring-bytes");
    }

    @Test
    void tracepointsAndTracefsAreToldApart() {
        assertThat(code(Diagnosis.of(new EbpfFailure(Step.FIND_TRACEPOINT, Errno.EPERM, "tracefs"), good())))
                .isEqualTo("NO_TRACEFS");
        assertThat(code(Diagnosis.of(new EbpfFailure(Step.FIND_TRACEPOINT, Errno.ENOENT, "tracepoint x"), good())))
                .isEqualTo("NO_TRACEPOINT");
        assertThat(code(Diagnosis.of(new EbpfFailure(Step.FIND_TRACEPOINT, Errno.EACCES, "closed"), good())))
                .isEqualTo("TRACEFS_CLOSED");
    }

    @Test
    void aWayToTheCopiesIsRefusedOrUnknown() {
        ProbeResult refused = Diagnosis.kernelCopy(load(Errno.EPERM), AttachMethod.FEXIT, good());
        ProbeResult lacking = Diagnosis.kernelCopy(
                new EbpfFailure(Step.FIND_FUNCTION, Errno.ENOENT, "fd_install"), AttachMethod.KPROBE, good());

        assertThat(refused.why()).contains("fentry and fexit").contains("errno 1");
        assertThat(lacking.why()).isEqualTo("this kernel has no function fd_install");
        assertThat(Diagnosis.kernelCopy(load(Errno.ENOMEM), AttachMethod.FEXIT, good()))
                .isInstanceOf(ProbeResult.Unknown.class);
        assertThat(Diagnosis.kernelCopy(load(Errno.EPERM), AttachMethod.FEXIT, machine("6.1.0", true, 0, "none")))
                .isInstanceOf(ProbeResult.Unknown.class);
    }

    @Test
    void aMachineWithoutProgramsIsNamed() {
        assertThat(code(Diagnosis.of(new EbpfFailure(Step.FIND_OBJECT, 0, "x"), good())))
                .isEqualTo("UNSUPPORTED_MACHINE");
    }
}
