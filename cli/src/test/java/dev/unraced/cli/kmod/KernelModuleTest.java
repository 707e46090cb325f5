// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.unraced.cli.common.PrintedText;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests the parts that work on a machine that loads no modules: causes, remedies, and a build against a stand-in for
 * headers.
 */
class KernelModuleTest {
    private static final String RELEASE = "6.12.1-test";

    @TempDir
    Path root;

    @TempDir
    Path directory;

    private final PrintedText out = new PrintedText();

    @Test
    void withoutHeadersItSaysWhichToInstall() throws Exception {
        assertThat(module().build(out)).isEqualTo(1);
        assertThat(out.take()).contains("linux-headers-" + RELEASE);
    }

    @Test
    void buildsInTheKernelsOwnFolderAgainstItsHeaders() throws Exception {
        headers("modules:\n\t@test -f $(M)/Kbuild && cp $(M)/device/device.c $(M)/unraced.ko\n");

        assertThat(module().build(out)).as(out.take()).isZero();

        assertThat(module().file()).exists().hasParent(directory.resolve(RELEASE));
        assertThat(directory.resolve(RELEASE).resolve("include/unraced/record.h"))
                .exists();
        assertThat(module().status()).contains(module().file().toString()).contains("loaded   no");
    }

    @Test
    void aBuildThatFailsSaysWhatMakeSaid() throws Exception {
        headers("modules:\n\t@echo no such compiler; false\n");

        assertThat(module().build(out)).isNotZero();
        assertThat(out.take()).contains("no such compiler");
    }

    @Test
    void loadingWhatWasNotBuiltSaysHowToBuildIt() throws Exception {
        assertThat(module().load(out)).isEqualTo(1);
        assertThat(out.take()).contains("unraced kmod build");
    }

    @Test
    void aModuleForAnotherKernelIsNamed() throws Exception {
        Path other = Files.createDirectories(directory.resolve("6.1.0-other"));
        Files.writeString(other.resolve("unraced.ko"), "");

        assertThat(module().load(out)).isEqualTo(1);
        assertThat(out.take()).contains("only for 6.1.0-other").contains("unraced kmod build");
    }

    /** The inputs are what insmod of kmod and of busybox print; the guest's test gets them from a kernel. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                insmod: ERROR: could not insert module x.ko: Key was rejected by service | mokutil
                insmod: ERROR: could not insert module x.ko: Required key not available | mokutil
                insmod: can't insert 'x.ko': invalid module format | another kernel
                insmod: ERROR: could not insert module x.ko: Operation not permitted | CAP_SYS_MODULE
                insmod: ERROR: could not insert module x.ko: Unknown symbol in module | dmesg
                insmod: ERROR: could not insert module x.ko: Operation not supported | dmesg
                """)
    void eachRefusalHasItsRemedy(String said, String remedy) {
        assertThat(LoadAdvice.after(said, root, RELEASE)).get(STRING).contains(remedy);
    }

    @Test
    void aRefusalWithoutAReasonOfItsOwnIsExplainedByTheMachine() throws Exception {
        String said = "insmod: ERROR: could not insert module x.ko: Operation not permitted";
        write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
        assertThat(LoadAdvice.after(said, root, RELEASE)).get(STRING).contains("locked down");

        write("proc/sys/kernel/modules_disabled", "1\n");
        assertThat(LoadAdvice.after(said, root, RELEASE)).get(STRING).contains("modules_disabled");

        assertThat(LoadAdvice.after("insmod: out of luck", root, RELEASE)).isEmpty();
    }

    @Test
    void unloadingWhatIsNotLoadedIsDone() throws Exception {
        assertThat(module().unload(out)).isZero();
        assertThat(out.take()).contains("not loaded");
    }

    private KernelModule module() {
        return new KernelModule(root, RELEASE, directory);
    }

    private void headers(String makefile) throws Exception {
        Path headers = Files.createDirectories(root.resolve("lib/modules/" + RELEASE + "/build"));
        Files.writeString(headers.resolve("Makefile"), makefile);
    }

    private void write(String path, String content) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
