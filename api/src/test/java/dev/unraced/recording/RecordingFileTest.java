// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingFileTest {

    @Test
    void whoReadsAFileThatIsReplacedReadsItToItsEnd(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("old.rec"), "everything that was there");
        try (InputStream reader = RecordingFile.read(file)) {
            try (OutputStream writer = RecordingFile.createOrReplace(file)) {
                writer.write('n');
            }

            assertThat(reader.readAllBytes()).asString().isEqualTo("everything that was there");
            assertThat(file).hasContent("n");
        }
    }

    @Test
    void aReplacedFileKeepsItsPermissions(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("old.rec"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        RecordingFile.createOrReplace(file).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }
}
