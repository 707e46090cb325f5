// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Opens the files of recordings, and says why it cannot. */
final class RecordingFile {
    private RecordingFile() {}

    /** A new file; what processes open is nobody's business but the owner's. */
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
     * By another file, so that somebody who still reads the old one, perhaps to record it anew, reads it to its end.
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
            throw RecordingException.of("Recording " + file + " cannot be opened: " + reason(e) + ".", e);
        }
    }

    /** The reason alone: messages name the file themselves. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        String reason = e instanceof FileSystemException known ? known.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason;
    }

    private static OutputStream createNew(Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.newOutputStream(file, StandardOpenOption.WRITE);
    }

    private static RecordingException cannotCreate(Path file, IOException e) {
        return RecordingException.of("Recording " + file + " cannot be created: " + reason(e) + ".", e);
    }
}
