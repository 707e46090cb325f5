// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.kmod;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The module's sources in the driver's jar. */
public final class ModuleSources {
    private static final String ROOT = "/META-INF/kmod/";

    private ModuleSources() {}

    /** Writes all sources to a folder, and makes the folder when it is missing. */
    public static void unpack(Path directory) throws IOException {
        for (String name : names()) {
            Path target = directory.resolve(name);
            Files.createDirectories(target.getParent());
            try (InputStream source = open(name)) {
                Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static List<String> names() throws IOException {
        try (InputStream list = open("files")) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream source = ModuleSources.class.getResourceAsStream(ROOT + name);
        if (source == null) {
            throw new FileNotFoundException("the driver kmod is not on the class path: no " + ROOT + name);
        }
        return source;
    }
}
