// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unraced.natives.NativePartException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativePartTest {
    /** An arbitrary file of the class path. */
    private static final String RESOURCE = "/dev/unraced/natives/NativePartTest.class";
    /** A directory that the test declares noexec; the tests of the driver ebpf use real mounts. */
    private static final Path NOEXEC = Path.of("/forbids/code");

    @TempDir
    private Path first;

    @TempDir
    private Path second;

    @Test
    void itIsUsedFromAPrivateCopyThatIsGoneAfterwards() throws Exception {
        Path copy = part(first).use(file -> {
            assertThat(file).hasSize(Files.size(here())).hasFileName("NativePartTest.class");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");
            assertThat(Files.isExecutable(file)).isTrue();
            return file;
        });

        assertThat(copy).startsWithRaw(first).doesNotExist();
        assertThat(first).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatForbidsCodeIsPassedOver() throws Exception {
        Path copy = part(NOEXEC, first).<Path>use(file -> file);

        assertThat(copy).startsWithRaw(first);
    }

    @Test
    void whereEveryDirectoryForbidsCodeTheReasonAndTheRemedyAreNamed() {
        assertThatExceptionOfType(NativePartException.class)
                .isThrownBy(() -> part(NOEXEC, first.resolve("absent")).use(file -> file))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOEXEC))
                .satisfies(e -> assertThat(e.remedy()).contains("-Djava.io.tmpdir=DIR"))
                .withMessageContaining(NOEXEC + ": mounted noexec; " + first.resolve("absent") + ": not writable");
    }

    @Test
    void whatTheSystemDoesNotTakeIsTriedElsewhere() throws Exception {
        List<Path> tried = new ArrayList<>();

        part(first, second).use(file -> {
            tried.add(file);
            if (tried.size() == 1) {
                throw new UnsatisfiedLinkError("denied by policy");
            }
            return file;
        });

        assertThat(tried.get(1)).startsWithRaw(second);
        assertThat(first).isEmptyDirectory();
    }

    @Test
    void whatItSaidIsTold() {
        assertThatExceptionOfType(NativePartException.class)
                .isThrownBy(() -> part(first).use(file -> {
                    throw new IOException("error=8, Exec format error");
                }))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNUSABLE))
                .withMessageContaining("Exec format error");
        assertThat(first).isEmptyDirectory();
    }

    @Test
    void aProgramIsStartedFromItForReal() throws Exception {
        NativePart part =
                NativePart.at(NativePartTest.class, "/dev/unraced/natives/hello.sh", List.of(first), NOEXEC::equals);

        Process process = part.use(file -> {
            Process started = new ProcessBuilder(file.toString()).start();
            started.inputReader().readLine();
            return started;
        });

        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aPartThatTheJarLacksIsToldSo() {
        NativePart absent = NativePart.of(NativePartTest.class, "absent.so");

        assertThat(absent.isPresent()).isFalse();
        assertThatExceptionOfType(NativePartException.class)
                .isThrownBy(() -> absent.use(file -> file))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.ABSENT))
                .withMessageContaining("absent.so");
    }

    private static NativePart part(Path... places) {
        return NativePart.at(NativePartTest.class, RESOURCE, List.of(places), NOEXEC::equals);
    }

    private static Path here() {
        try {
            return Path.of(NativePartTest.class.getResource(RESOURCE).toURI());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
