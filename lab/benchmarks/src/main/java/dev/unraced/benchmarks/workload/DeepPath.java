// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file whose absolute path has a given number of bytes; deleted when closed. */
final class DeepPath implements AutoCloseable {
    private static final int NAME = 200;

    private final Path root;
    private final Path file;

    private DeepPath(Path root, Path file) {
        this.root = root;
        this.file = file;
    }

    static DeepPath create(int bytes) throws IOException {
        Path root = Files.createTempDirectory("unraced-deep");
        Path folder = root;
        // The last part must be a name, of at least one byte and not more than 255.
        while (bytes - folder.toString().length() > NAME + 2) {
            folder = folder.resolve("d".repeat(NAME));
        }
        Files.createDirectories(folder);
        Path file = folder.resolve("f".repeat(bytes - folder.toString().length() - 1));
        return new DeepPath(root, Files.createFile(file));
    }

    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        Path each = file;
        while (!each.equals(root)) {
            Files.delete(each);
            each = each.getParent();
        }
        Files.delete(root);
    }
}
