// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a cgroup's id: a number, or a directory, whose inode number it is. */
final class CgroupConverter implements ITypeConverter<Long> {

    private static final String CGROUP_V2 = "cgroup2";

    @Override
    public Long convert(String value) {
        try {
            return value.startsWith("/") ? inode(Path.of(value)) : Long.valueOf(value);
        } catch (IOException e) {
            throw new TypeConversionException("'" + value + "' is not a directory that can be read");
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + value + "' is neither a number nor an absolute path");
        }
    }

    private static Long inode(Path directory) throws IOException {
        // Inode numbers of other file systems could match the ids of unrelated cgroups.
        if (!Files.getFileStore(directory).type().equals(CGROUP_V2)) {
            throw new TypeConversionException("'" + directory
                    + "' is not in the cgroup v2 hierarchy; 'findmnt -t cgroup2' shows where that is mounted");
        }
        return (Long) Files.getAttribute(directory, "unix:ino");
    }
}
