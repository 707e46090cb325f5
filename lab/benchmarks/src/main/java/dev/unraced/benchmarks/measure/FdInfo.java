// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads the kernel's data about this process's BPF objects from {@code /proc/self/fdinfo} (proc_pid_fdinfo(5)). */
public final class FdInfo {
    private FdInfo() {}

    /**
     * Returns the fields of each object of a kind, by its id: an object may have several descriptors.
     *
     * @param id the field of that kind's id: {@code prog_id} or {@code map_id}
     */
    public static Map<String, Map<String, String>> objects(String id) throws IOException {
        return objects(id, Path.of("/proc/self/fdinfo"));
    }

    public static Map<String, Map<String, String>> objects(String id, Path directory) throws IOException {
        Map<String, Map<String, String>> objects = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Map<String, String> fields = fields(file);
                String value = fields.get(id);
                if (value != null) {
                    // A link has only the id of its program.
                    objects.computeIfAbsent(value, key -> new HashMap<>()).putAll(fields);
                }
            }
        }
        return objects;
    }

    private static Map<String, String> fields(Path file) {
        Map<String, String> fields = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    fields.put(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            }
        } catch (IOException e) {
            // The descriptor was closed since the directory was read.
            fields.clear();
        }
        return fields;
    }
}
