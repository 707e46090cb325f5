// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.kmod.KmodFailure.Step;
import dev.unraced.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that each reason for having no capture is reported with its cause and its remedy. */
class DiagnosisTest {
    private static final String KERNEL = "6.12.1-test";

    @TempDir
    Path root;

    @Test
    void aKernelWithoutModulesLeavesOnlyOtherDrivers() {
        Unavailable none = noDevice();

        assertThat(none.code()).isEqualTo("KERNEL_WITHOUT_MODULES");
        assertThat(none.remedy()).contains("another driver");
    }

    @Test
    void withoutHeadersItSaysWhichToInstall() throws IOException {
        write("proc/modules", "");

        Unavailable none = noDevice();

        assertThat(none.code()).isEqualTo("NO_HEADERS");
        assertThat(none.remedy()).contains("linux-headers-" + KERNEL).contains("unraced kmod build");
    }

    @Test
    void withHeadersItSaysHowToBuildAndLoad() throws IOException {
        write("proc/modules", "");
        write("lib/modules/" + KERNEL + "/build/Makefile", "");

        Unavailable none = noDevice();

        assertThat(none.code()).isEqualTo("MODULE_NOT_BUILT");
        assertThat(none.remedy()).contains("unraced kmod build");
    }

    @Test
    void aModuleOfAnotherKernelDoesNotServeThisOne() throws IOException {
        write("proc/modules", "");
        write("lib/modules/" + KERNEL + "/build/Makefile", "");
        write("var/cache/unraced/kmod/6.1.0-other/unraced.ko", "");

        Unavailable none = noDevice();

        assertThat(none.code()).isEqualTo("MODULE_NOT_BUILT");
        assertThat(none.missing()).contains("other kernels").contains(KERNEL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "var/cache/unraced/kmod/" + KERNEL + "/unraced.ko",
                "lib/modules/" + KERNEL + "/updates/dkms/unraced.ko.xz"
            })
    void whatIsBuiltNeedsNoHeadersOnlyLoading(String file) throws IOException {
        write("proc/modules", "");
        write(file, "");

        Unavailable none = noDevice();

        assertThat(none.code()).isEqualTo("MODULE_NOT_LOADED");
        assertThat(none.remedy()).contains("unraced kmod load").doesNotContain("build &&");
    }

    @Test
    void aKernelThatIsTooOldOrOfRealTimeIsNotToldToBuild() throws IOException {
        write("proc/modules", "");
        assertThat(noDevice("5.10.0-33-amd64").code()).isEqualTo("KERNEL_TOO_OLD");
        assertThat(noDevice("6.0.1").code()).isEqualTo("KERNEL_TOO_OLD");
        assertThat(noDevice("6.1.0-56-amd64").code()).isEqualTo("NO_HEADERS");
        assertThat(noDevice("10.0.0").code()).isEqualTo("NO_HEADERS");

        write("sys/kernel/realtime", "1\n");
        assertThat(noDevice().code()).isEqualTo("REALTIME_KERNEL");
    }

    @Test
    void aKernelThatAsksForSignaturesSaysSoWithoutLockdown() throws IOException {
        write("proc/modules", "");
        write("sys/module/module/parameters/sig_enforce", "Y\n");

        Unavailable none = noDevice();

        assertThat(none.code()).isEqualTo("SIGNATURE_REQUIRED");
        assertThat(none.remedy()).contains("mokutil");
    }

    @Test
    void aMachineThatForbidsLoadingIsNotToldToLoad() throws IOException {
        write("proc/modules", "");
        write("proc/sys/kernel/modules_disabled", "1\n");

        assertThat(noDevice().code()).isEqualTo("MODULES_DISABLED");
    }

    @Test
    void underLockdownTheModuleMustBeSigned() throws IOException {
        write("proc/modules", "");
        write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");

        Unavailable none = noDevice();

        assertThat(none.code()).isEqualTo("LOCKDOWN");
        assertThat(none.missing()).contains("integrity");
        assertThat(none.remedy()).contains("Sign");
    }

    @Test
    void aLoadedModuleWithoutANodeIsAContainersMatter() throws IOException {
        write("sys/module/unraced/initstate", "live\n");

        assertThat(noDevice().code()).isEqualTo("NO_DEVICE_NODE");
    }

    @Test
    void privilegeVersionAndMemoryHaveTheirOwnCodes() {
        assertThat(code(Step.OPEN, Errno.EACCES)).isEqualTo("NO_PRIVILEGE");
        assertThat(code(Step.OPEN, Errno.EPERM)).isEqualTo("NO_PRIVILEGE");
        assertThat(code(Step.CONFIGURE, Errno.EPROTO)).isEqualTo("OTHER_VERSION");
        assertThat(code(Step.CONFIGURE, Errno.ENOENT)).isEqualTo("NO_HOOK");
        assertThat(code(Step.CONFIGURE, Errno.EOPNOTSUPP)).isEqualTo("FUNCTIONS_REFUSED");
        assertThat(code(Step.CONFIGURE, Errno.EBUSY)).isEqualTo("FUNCTIONS_REFUSED");
        assertThat(code(Step.CONFIGURE, Errno.ENOMEM)).isEqualTo("NO_MEMORY");
        assertThat(code(Step.MAP, Errno.ENOMEM)).isEqualTo("NO_MEMORY");
    }

    @Test
    void whatNobodyThoughtOfIsInconclusive() {
        assertThat(diagnose(Step.OPEN, 5)).isInstanceOf(Inconclusive.class);
        assertThat(diagnose(Step.CONFIGURE, Errno.EINVAL)).isInstanceOf(Inconclusive.class);
    }

    private Unavailable noDevice() {
        return (Unavailable) diagnose(Step.OPEN, Errno.ENOENT);
    }

    private Unavailable noDevice(String kernel) {
        return (Unavailable) Diagnosis.of(new KmodFailure(Step.OPEN, Errno.ENOENT), Machine.under(root, true, kernel));
    }

    private String code(Step step, int errno) {
        return ((Unavailable) diagnose(step, errno)).code();
    }

    private Availability diagnose(Step step, int errno) {
        return Diagnosis.of(new KmodFailure(step, errno), Machine.under(root, true, KERNEL));
    }

    private void write(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
