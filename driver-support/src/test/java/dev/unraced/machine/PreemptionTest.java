// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each source that can tell whether the kernel preempts is asked, the best first. */
class PreemptionTest {
    private static final String DYNAMIC = "#1 SMP PREEMPT_DYNAMIC Debian 6.12.118-1\n";

    @TempDir
    private Path root;

    @Test
    void aKernelBuiltWithoutPreemptionNeedsNoOtherSource() throws IOException {
        write("proc/sys/kernel/version", "#1 SMP Thu Nov 26 2026\n");
        write("debug/sched/preempt", "(full)\n");

        assertThat(here()).isEqualTo(new Preemption(true, "this kernel was built without preemption"));
    }

    @ParameterizedTest
    @CsvSource({
        "none (voluntary) full, true",
        "(none) voluntary full, true",
        "none voluntary (full), false",
        "full (lazy), false"
    })
    void debugfsTellsTheModelInUse(String models, boolean isOff) throws IOException {
        write("proc/sys/kernel/version", DYNAMIC);
        write("debug/sched/preempt", models + "\n");
        write("proc/cmdline", "preempt=" + (isOff ? "full" : "none"));

        assertThat(here().isOff()).isEqualTo(isOff);
        assertThat(here().source()).endsWith("says debugfs");
    }

    @ParameterizedTest
    @CsvSource({"quiet preempt=none, true", "preempt=voluntary preempt=full, false", "preempt=lazy ro, false"})
    void withoutDebugfsTheLastParameterOfTheCommandLineCounts(String line, boolean isOff) throws IOException {
        write("proc/sys/kernel/version", DYNAMIC);
        write("proc/cmdline", line + "\n");
        write("boot/config-6.12", isOff ? "CONFIG_PREEMPT=y\n" : "CONFIG_PREEMPT_NONE=y\n");

        assertThat(here().isOff()).isEqualTo(isOff);
        assertThat(here().source()).endsWith("says the kernel's command line");
    }

    @Test
    void theConfigurationOfTheKernelIsTheLastSource() throws IOException {
        write("proc/sys/kernel/version", DYNAMIC);
        write("boot/config-6.12", "# CONFIG_PREEMPT_NONE is not set\nCONFIG_PREEMPT_VOLUNTARY=y\n");

        assertThat(here().isOff()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "#1 SMP PREEMPT Debian, CONFIG_PREEMPT=y",
        "#1 SMP PREEMPT_RT Debian, CONFIG_PREEMPT_RT=y",
        "#1 SMP PREEMPT_DYNAMIC Debian, CONFIG_ARCH_HAS_PREEMPT_LAZY=y"
    })
    void aKernelThatIgnoresTheCommandLineCountsAsPreempting(String version, String built) throws IOException {
        write("proc/sys/kernel/version", version + "\n");
        write("proc/cmdline", "preempt=none\n");
        write("boot/config-6.12", built + "\n");

        assertThat(here().isOff()).isFalse();
    }

    @Test
    void wordsForInitSayNothing() throws IOException {
        write("proc/sys/kernel/version", DYNAMIC);
        write("proc/cmdline", "quiet -- preempt=none\n");
        write("boot/config-6.12", "CONFIG_PREEMPT=y\n");

        assertThat(here().isOff()).isFalse();
    }

    @Test
    void aKernelOfWhichNothingTellsCountsAsPreempting() throws IOException {
        assertThat(here().isOff()).isFalse();

        write("proc/sys/kernel/version", DYNAMIC);
        write("boot/config-6.12", "# CONFIG_PREEMPT_NONE is not set\nCONFIG_PREEMPT=y\n");

        assertThat(here().isOff()).isFalse();
        assertThat(here().source()).contains("cannot be found out");
    }

    private Preemption here() {
        return Preemption.of(root, List.of(root.resolve("debug")), "6.12");
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
