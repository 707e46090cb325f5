// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileErrorsTest {
    @TempDir
    private Path directory;

    @Test
    void aFileThatIsNotThereHasTheKernelsWords() {
        Path missing = directory.resolve("missing");

        IOException e = catchThrowableOfType(IOException.class, () -> Files.delete(missing));

        assertThat(FileErrors.reason(e)).isEqualTo("No such file or directory");
        assertThat(FileErrors.fileAndReason(e)).isEqualTo(missing + ": No such file or directory");
    }

    @Test
    void aFileThatIsThereAlreadyHasTheKernelsWords() {
        IOException e = catchThrowableOfType(IOException.class, () -> Files.createDirectory(directory));

        assertThat(FileErrors.reason(e)).isEqualTo("File exists");
        assertThat(FileErrors.fileAndReason(e)).isEqualTo(directory + ": File exists");
    }

    @Test
    void aFileThatMayNotBeOpenedHasTheKernelsWords() {
        assertThat(FileErrors.fileAndReason(new AccessDeniedException("/root/a")))
                .isEqualTo("/root/a: Permission denied");
    }

    @Test
    void anErrorWithoutAnExceptionOfItsOwnKeepsItsReason() throws IOException {
        Path below = Files.createFile(directory.resolve("file")).resolve("below");

        IOException e = catchThrowableOfType(IOException.class, () -> Files.createFile(below));

        assertThat(FileErrors.reason(e)).isEqualTo("Not a directory");
        assertThat(FileErrors.fileAndReason(e)).isEqualTo(below + ": Not a directory");
    }

    @Test
    void anErrorThatNamesNoFileHasItsMessage() {
        assertThat(FileErrors.fileAndReason(new IOException("No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(FileErrors.fileAndReason(new MalformedInputException(3))).isEqualTo("Input length = 3");
    }

    @Test
    void anErrorThatSaysNothingIsNamedByItsType() {
        assertThat(FileErrors.reason(new FileSystemLoopException("/a")))
                .isEqualTo("java.nio.file.FileSystemLoopException: /a");
        assertThat(FileErrors.fileAndReason(new IOException())).isEqualTo("java.io.IOException");
    }
}
