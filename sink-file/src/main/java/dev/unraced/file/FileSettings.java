// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import static dev.unraced.server.sink.SinkSettings.within;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.linux.FileMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The settings in {@code unraced.file}.
 *
 * @param path the file
 * @param format what a line is
 * @param maxBytes how large the file may grow
 * @param keep how many renamed files are kept
 * @param mode who may read and write a file that is made
 */
record FileSettings(Path path, Format format, long maxBytes, int keep, Set<PosixFilePermission> mode) {
    private static final String SECTION = "unraced.file.";
    private static final long LEAST = 64L << 10;
    private static final long MOST = 64L << 30;
    private static final int MOST_KEPT = 1000;

    /** The format of a line. */
    enum Format {
        JSON,
        OCSF,
        ECS,
        TABLE
    }

    static FileSettings of(CaptureConfig config) {
        ConfigSection own = config.section(FileSink.NAME);
        List<String> problems = new ArrayList<>();
        FileSettings settings = new FileSettings(
                path(own, problems),
                format(own.string("format"), problems),
                within(own.bytes("max-bytes"), SECTION + "max-bytes", LEAST, MOST, problems),
                (int) within(own.number("keep"), SECTION + "keep", 0, MOST_KEPT, problems),
                mode(own.string("mode"), problems));
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return settings;
    }

    private static Path path(ConfigSection own, List<String> problems) {
        String text = own.string("path");
        if (text.isEmpty()) {
            problems.add(SECTION + "path is empty; name the file: --set file.path=/var/log/unraced/events.json");
        }
        Optional<Path> named = own.path("path", problems);
        if (named.isEmpty()) {
            return Path.of("");
        }
        Path path = named.get().toAbsolutePath();
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            problems.add(SECTION + "path = " + text + ": there is no folder " + folder + "; make it");
        } else if (Files.isSymbolicLink(path)) {
            problems.add(SECTION + "path = " + text + " is a link, which cannot be rotated; name its target");
        } else if (Files.exists(path) && !Files.isRegularFile(path)) {
            problems.add(SECTION + "path = " + text
                    + (Files.isDirectory(path) ? " is a folder; name a file in it" : " is no regular file"));
        }
        return path;
    }

    private static Format format(String text, List<String> problems) {
        for (Format format : Format.values()) {
            if (format.name().equalsIgnoreCase(text)) {
                return format;
            }
        }
        problems.add(SECTION + "format = " + text + "; allowed: json, ocsf, ecs, table");
        return Format.JSON;
    }

    private static Set<PosixFilePermission> mode(String text, List<String> problems) {
        if (!text.matches("[0-7]{3}")) {
            problems.add(SECTION + "mode = " + text + "; allowed: three octal digits, such as 640");
            return Set.of();
        }
        return FileMode.permissions(Integer.parseInt(text, 8));
    }
}
