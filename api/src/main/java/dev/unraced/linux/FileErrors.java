// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * The reasons for which the kernel refuses a file, in the words of strerror(3). Java keeps these words only for errors
 * that have no exception of their own.
 */
public final class FileErrors {
    private FileErrors() {}

    /** Returns the reason alone, for messages that name the file themselves. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "File exists";
        }
        String reason = e instanceof FileSystemException known ? known.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason;
    }

    /** Returns the file that was refused, if it is known, and the reason. */
    public static String fileAndReason(IOException e) {
        return e instanceof FileSystemException known && known.getFile() != null
                ? known.getFile() + ": " + reason(e)
                : reason(e);
    }
}
