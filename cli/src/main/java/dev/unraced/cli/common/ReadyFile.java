// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option for a file that exists while events are captured, for scripts that wait for it. */
public final class ReadyFile {
    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write the process id into this file once events are captured, and delete it at the end.")
    private @Nullable Path file;

    /** No file with a process id has so many bytes. */
    private static final int LONGEST = 32;

    /**
     * Deletes a file that was left behind, and refuses one that cannot be written, before a capture is opened.
     *
     * @throws ParameterException whose message names the file
     */
    public void check(CommandLine command) {
        if (file == null) {
            return;
        }
        boolean isThere = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (!OutputFile.isWritable(file)) {
            throw new ParameterException(command, "--ready-file " + file + " cannot be written");
        }
        if (isThere && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new ParameterException(command, "--ready-file " + file + " is no regular file; name another file");
        }
        if (!isLeftBehind(file)) {
            throw new ParameterException(
                    command, "--ready-file " + file + " has another content than a process id; name another file");
        }
        delete(file);
    }

    /** Returns whether nothing would be lost with a file: it is not there, is empty, or holds a process id alone. */
    private static boolean isLeftBehind(Path file) {
        try {
            return Files.notExists(file)
                    || (Files.size(file) < LONGEST
                            && Files.readString(file, StandardCharsets.ISO_8859_1)
                                    .matches("\\s*\\d*\\s*"));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /** Writes the file, with all of its content at once. Closing the result deletes it. */
    public Written write() {
        Path target = file;
        if (target == null) {
            return () -> {};
        }
        Path part = target.resolveSibling(target.getFileName() + ".part");
        OutputFile.write(part, ProcessHandle.current().pid() + "\n");
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new OutputException(target, e);
        }
        return () -> delete(target);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /** A file that is there until it is closed. */
    @FunctionalInterface
    public interface Written extends AutoCloseable {
        @Override
        void close();
    }
}
