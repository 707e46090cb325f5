// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import dev.unraced.capture.CaptureException;
import dev.unraced.linux.FileErrors;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out when the sink opens, not with the first event, that the file takes no line. */
final class AccessCheck {
    private static final Logger LOG = LoggerFactory.getLogger(AccessCheck.class);

    private AccessCheck() {}

    /**
     * Checks that the file's disk has space, and warns when the folder takes no renamed file.
     *
     * @param path the file, which is there
     * @throws CaptureException when the disk is full
     */
    static void checkAccess(Path path) throws IOException {
        checkSpace(path, Files.getFileStore(path));
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null && !Files.isWritable(folder)) {
            LOG.warn(
                    "{} takes lines, but grows beyond unraced.file.max-bytes, since {} is not writable. Make the folder"
                            + " writable.",
                    path,
                    folder);
        }
    }

    static void checkSpace(Path path, FileStore store) throws IOException {
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        // The kernel keeps the last blocks of some file systems for root.
        long left = isRoot ? store.getUnallocatedSpace() : store.getUsableSpace();
        // File systems that do not count their blocks have 0 of 0.
        if (left == 0 && store.getTotalSpace() > 0) {
            throw new CaptureException("sink file: " + path + " cannot be written to: No space left on device " + store
                    + ". Make space, or name another file by unraced.file.path.");
        }
    }

    /** Says why the file could not be opened, and what to do. */
    static CaptureException refused(Path path, IOException e) {
        boolean isThere = Files.exists(path);
        return new CaptureException(
                "sink file: " + path + " cannot be opened: " + FileErrors.reason(e) + ". "
                        + (isThere
                                ? "Give user " + System.getProperty("user.name") + " the right to read and write it"
                                : "Make its folder writable for user " + System.getProperty("user.name"))
                        + ", or name another file by unraced.file.path.",
                e);
    }
}
