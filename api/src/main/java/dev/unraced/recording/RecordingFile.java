// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import dev.unraced.linux.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Opens the files of recordings, and gives the reason when it cannot. */
final class RecordingFile {
    private RecordingFile() {}

    /** Creates a new file that only its owner can read, since recordings show the activity of processes. */
    static OutputStream create(Path file) {
        try {
            return createNew(file);
        } catch (FileAlreadyExistsException e) {
            throw RecordingException.of("Recording " + file + " exists already. Choose another name, or remove it.", e);
        } catch (IOException e) {
            throw cannotCreate(file, e);
        }
    }

    static OutputStream createOrReplace(Path file) {
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return replaceRegular(file);
            }
            return Files.exists(file)
                    ? Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                    : createNew(file);
        } catch (IOException e) {
            throw cannotCreate(file, e);
        }
    }

    /**
     * Replaces a file by a new file, so that a reader of the old file, perhaps one that records it anew, reads it to
     * its end.
     */
    private static OutputStream replaceRegular(Path file) throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        Set<PosixFilePermission> permissions =
                posix == null ? Set.of() : posix.readAttributes().permissions();
        Files.delete(file);
        OutputStream out = createNew(file);
        if (posix != null) {
            Files.setPosixFilePermissions(file, permissions);
        }
        return out;
    }

    static InputStream read(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw RecordingException.of("Recording " + file + " cannot be opened: " + FileErrors.reason(e) + ".", e);
        }
    }

    private static OutputStream createNew(Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.newOutputStream(file, StandardOpenOption.WRITE);
    }

    private static RecordingException cannotCreate(Path file, IOException e) {
        return RecordingException.of("Recording " + file + " cannot be created: " + FileErrors.reason(e) + ".", e);
    }
}
