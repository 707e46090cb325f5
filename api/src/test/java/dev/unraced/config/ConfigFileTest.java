// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir
    Path directory;

    @Test
    void listsSizesAndSectionsOfHocon() throws IOException {
        CaptureConfig config = from("""
                        unraced {
                          driver = [kmod, ebpf]
                          syscalls = [open, connect]
                          ring-bytes = 64 MiB
                          stash { entries = 1e3 }
                          filter.tgids = [7]
                          ebpf.libbpf = /usr/lib/libbpf.so
                        }
                        """).build();
        assertThat(config.drivers()).containsExactly("kmod", "ebpf");
        assertThat(config.syscalls()).containsExactly(Syscall.OPEN, Syscall.CONNECT);
        assertThat(config.ringBytes()).isEqualTo(64 << 20);
        assertThat(config.stashEntries()).isEqualTo(1000);
        assertThat(config.stashLongPaths()).isEqualTo(256);
        assertThat(config.filters().tgids()).containsExactly(7);
        assertThat(config.section("ebpf").string("libbpf")).isEqualTo("/usr/lib/libbpf.so");
    }

    @Test
    void substitutionsSeeTheFileAndTheDefaults() throws IOException {
        CaptureConfig config = from("""
                        unraced.stash.entries = 512
                        unraced.stash.long-paths = ${unraced.stash.entries}
                        unraced.auto = ${unraced.auto} [kmod]
                        """).build();
        assertThat(config.stashLongPaths()).isEqualTo(512);
        assertThat(config.drivers()).containsExactly("ebpf", "kmod");
    }

    @Test
    void settingsNameTheLine() throws IOException {
        CaptureConfig config = from("unraced {\n  mitigation = off\n}\n").build();
        assertThat(config.settings())
                .contains(new Setting("unraced.mitigation", "off", directory.resolve("unraced.conf") + ":2"));
    }

    @Test
    void aValueInTheFileIsReportedWithItsLine() throws IOException {
        assertThat(Layers.problems(from("unraced {\n\n  stash.entries = 0\n}\n")))
                .containsExactly("unraced.stash.entries = 0 (" + directory.resolve("unraced.conf")
                        + ":3) is not a whole number in range; allowed: 1 to 1048576");
    }

    @Test
    void anUnknownKeyIsReportedEvenWhereAnotherLayerCoversIt() throws IOException {
        assertThat(Layers.problems(from("unraced {\n  stash.entires = 5\n}\n").stashEntries(5)))
                .containsExactly("unraced.stash.entires (" + directory.resolve("unraced.conf")
                        + ":2): no such key, the nearest is unraced.stash.entries");
    }

    @Test
    void aKeyOutsideTheSectionIsUnknown() throws IOException {
        assertThat(Layers.problems(from("driver = kmod")))
                .containsExactly("driver (" + directory.resolve("unraced.conf")
                        + ":1): no such key, the nearest is unraced.driver");
    }

    @Test
    void aSectionIsNoValueAndAValueNoSection() throws IOException {
        String path = directory.resolve("unraced.conf").toString();
        assertThat(Layers.problems(from("unraced.stash = 5\nunraced.ring-bytes { size = 1MiB }")))
                .containsExactly(
                        "unraced.ring-bytes.size (" + path + ":2): no such key, the nearest is unraced.ring-bytes",
                        "unraced.stash = 5 (" + path + ":1) is a section; allowed: { } with keys in it");
    }

    @Test
    void emptySectionsSetNothing() throws IOException {
        assertThat(from("unraced { stash {} }").build().stashEntries()).isEqualTo(8192);
        assertThat(from("").build().stashEntries()).isEqualTo(8192);
    }

    @Test
    void aMistakeInTheSyntaxIsAProblemAmongOthers() throws IOException {
        assertThat(Layers.problems(from("unraced {\n  driver = [ebpf\n").stashEntries(0)))
                .satisfiesExactly(
                        syntax -> assertThat(syntax)
                                .startsWith("file " + directory.resolve("unraced.conf") + " (builder): ")
                                .containsPattern("unraced.conf: [23]: "),
                        value -> assertThat(value).startsWith("unraced.stash.entries = 0 (builder)"));
    }

    @Test
    void aSubstitutionThatNothingResolvesIsAProblem() throws IOException {
        assertThat(Layers.problems(from("unraced.ring-bytes = ${no.such.thing}")))
                .singleElement()
                .asString()
                .startsWith("file " + directory.resolve("unraced.conf") + " (builder): ")
                .contains("${no.such.thing}");
    }

    @Test
    void aNamedFileMustBeThere() {
        String missing = directory.resolve("missing.conf").toString();
        assertThat(Layers.problems(new Layers().builder().file(Path.of(missing))))
                .containsExactly("file " + missing + " (builder): no such file");
        assertThat(new Layers().property("unraced.config", missing).problems())
                .containsExactly("file " + missing + " (system property unraced.config): no such file");
        assertThat(new Layers().variable("UNRACED_CONFIG", missing).problems())
                .containsExactly("file " + missing + " (environment variable UNRACED_CONFIG): no such file");
    }

    @Test
    void anEmptyNameIsNoDirectory() {
        assertThat(new Layers().variable("UNRACED_CONFIG", "").problems())
                .containsExactly(
                        "file \"\" (environment variable UNRACED_CONFIG): an empty name is no file; unset it to read none");
    }

    @Test
    void whatTheLibrarySaysWronglyIsSaidInOtherWords() throws IOException {
        assertThat(Layers.problems(from("unraced {")))
                .singleElement()
                .asString()
                .contains("a '{' is not closed with '}'");
        assertThat(Layers.problems(from("include required(\"missing.conf\")")))
                .singleElement()
                .asString()
                .endsWith("include required: no such file, 'missing.conf'");
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThat(Layers.problems(new Layers().builder().file(directory)))
                .containsExactly("file " + directory + " (builder): a directory");
    }

    @Test
    void whatCannotBeReadIsAProblem() {
        // /proc/self/mem can be opened but not read at its start, even by root.
        assertThat(Layers.problems(new Layers().builder().file(Path.of("/proc/self/mem"))))
                .singleElement()
                .asString()
                .startsWith("file /proc/self/mem (builder): cannot be read, ");
    }

    @Test
    void aNameThatIsNoPathIsAProblem() {
        assertThat(new Layers().property("unraced.config", "a\0b").problems())
                .containsExactly("file \"a\\u0000b\" (system property unraced.config): not a path");
    }

    private CaptureConfigBuilder from(String hocon) throws IOException {
        return new Layers().builder().file(Files.writeString(directory.resolve("unraced.conf"), hocon));
    }
}
