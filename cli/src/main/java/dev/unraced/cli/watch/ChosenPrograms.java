// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import dev.unraced.linux.ExecutableFile;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Programs that a user chose by paths. Where events are of this machine and have inode numbers, a path stands for the
 * file to which it leads here, by whatever name that file is executed, since a process can have another file at the
 * same path in a mount namespace of its own. A path that leads to no file here, and each one elsewhere, is compared as
 * it is.
 */
final class ChosenPrograms {
    private final List<ByteString> paths = new ArrayList<>();
    private final List<ExecutableFile> files = new ArrayList<>();
    private final boolean areAllFiles;

    /**
     * Looks for the files.
     *
     * @param areHere whether the events are of programs of this machine, with device and inode
     */
    ChosenPrograms(List<String> chosen, boolean areHere) {
        int missing = 0;
        for (String path : chosen) {
            ExecutableFile file = areHere ? file(path) : null;
            if (file == null) {
                missing++;
                paths.add(ByteString.utf8(path));
                paths.add(ByteString.utf8(behind(path)));
            } else {
                files.add(file);
            }
        }
        this.areAllFiles = missing == 0;
    }

    /** Returns whether events of a capture have device and inode of programs as this machine has them. */
    static boolean areHere(Capture capture) {
        return ProcessTable.hasIdsOfThisMachine(Set.of(capture.driver()))
                && capture.capabilities().has(Feature.EXECUTABLE_INODE);
    }

    private static @Nullable ExecutableFile file(String path) {
        try {
            return ExecutableFile.of(path);
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns the file to which a path leads here, or the path where there is none. */
    private static String behind(String path) {
        try {
            return Path.of(path).toRealPath().toString();
        } catch (IOException | InvalidPathException e) {
            return path;
        }
    }

    /** Returns whether all of them are known by their files, as a driver's filter by executable needs them. */
    boolean areAllFiles() {
        return areAllFiles;
    }

    /** Returns whether an image executes one of them; false where nobody knows the image. Allocates nothing. */
    boolean has(@Nullable ProcessImage image) {
        if (image == null) {
            return false;
        }
        Program program = image.program();
        for (int i = 0; i < files.size(); i++) {
            ExecutableFile file = files.get(i);
            if (program.inode() == file.inode()
                    && program.deviceMajor() == file.deviceMajor()
                    && program.deviceMinor() == file.deviceMinor()) {
                return true;
            }
        }
        ByteString path = program.executable().orElse(null);
        for (int i = 0; path != null && i < paths.size(); i++) {
            if (path.contentEquals(paths.get(i))) {
                return true;
            }
        }
        return false;
    }
}
