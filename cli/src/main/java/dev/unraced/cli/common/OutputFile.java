// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text file that a command writes. */
public final class OutputFile {
    private OutputFile() {}

    /** Returns whether a file can be written; commands check this before their work. */
    public static boolean isWritable(Path file) {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        return Files.exists(absolute)
                ? Files.isWritable(absolute) && !Files.isDirectory(absolute)
                : directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
    }

    /**
     * Writes the whole text, as {@link #write} does, into a folder that is made if there is none.
     *
     * @throws OutputException when the file cannot be written
     */
    public static void writeInFolder(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
        write(file, text);
    }

    /**
     * Writes the whole text, over the file's former content.
     *
     * @throws OutputException when the file cannot be written
     */
    public static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }
}
