// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a cgroup's id: a number, or a directory, whose inode number it is. */
final class CgroupConverter implements ITypeConverter<Long> {

    @Override
    public Long convert(String value) {
        try {
            return value.startsWith("/") ? (Long) Files.getAttribute(Path.of(value), "unix:ino") : Long.valueOf(value);
        } catch (IOException e) {
            throw new TypeConversionException("'" + value + "' is not a directory that can be read");
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + value + "' is neither a number nor an absolute path");
        }
    }
}
