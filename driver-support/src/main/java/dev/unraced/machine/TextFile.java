// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text of a file in which the kernel or its distribution tells something. */
final class TextFile {
    private TextFile() {}

    /** Returns the text; empty where the file is absent or closed to this process. */
    static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }
}
