// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text file that a command leaves behind. */
final class OutputFile {
    private OutputFile() {}

    /** Asked before the work, not after it. */
    static boolean isWritable(Path file) {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        return Files.exists(absolute)
                ? Files.isWritable(absolute) && !Files.isDirectory(absolute)
                : directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
    }

    /**
     * Writes all of it, over what was there.
     *
     * @throws OutputException when that fails
     */
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }
}
