// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The mounts that a process sees, by proc_pid_mountinfo(5). */
public final class Mounts {
    /** MINORBITS of include/linux/kdev_t.h. */
    static final int MINOR_BITS = 20;

    private static final int DEVICE = 2;
    private static final int POINT = 4;
    private static final int OPTIONS = 5;

    private final List<Mount> all;

    private Mounts(List<Mount> all) {
        this.all = all;
    }

    /**
     * A mount of a file system.
     *
     * @param device the device of its superblock, as {@code dev_t} of the kernel has it
     * @param escaped where it is mounted, as the table writes it: a character per byte
     * @param options those of the mount, parted by commas
     */
    record Mount(int device, String escaped, String options) {
        boolean forbidsCode() {
            return List.of(options.split(",")).contains("noexec");
        }

        private static Mount of(String[] fields) {
            String[] numbers = fields[DEVICE].split(":", 2);
            int device = (Integer.parseInt(numbers[0]) << MINOR_BITS) | Integer.parseInt(numbers[1]);
            return new Mount(device, fields[POINT], fields[OPTIONS]);
        }
    }

    /** Returns the mounts that a process sees, by its directory in procfs. */
    static Mounts of(Path process) throws IOException {
        return read(Files.readAllBytes(process.resolve("mountinfo")));
    }

    /** Reads lines, which only a newline ends: names have all other bytes. One that is torn is no mount. */
    static Mounts read(byte[] table) {
        return new Mounts(Stream.of(new String(table, StandardCharsets.ISO_8859_1).split("\n"))
                .map(line -> line.split(" ", OPTIONS + 2))
                .filter(fields -> fields.length > OPTIONS)
                .map(Mount::of)
                .toList());
    }

    /** Returns whether no file in a directory may be run or mapped as code by this process; false when unknown. */
    public static boolean forbidCode(Path directory) {
        try {
            Mount above = of(Path.of("/proc/self")).above(directory.toRealPath());
            return above != null && above.forbidsCode();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns whether one of the mounts is of a device. */
    boolean have(int device) {
        return all.stream().anyMatch(mount -> mount.device() == device);
    }

    /** Returns the innermost mount above a path; of several on one point the last one, which hides the others. */
    @Nullable
    Mount above(Path path) {
        Mount innermost = null;
        int depth = 0;
        for (Mount mount : all) {
            Path point = path(mount.escaped());
            if (path.startsWith(point) && point.getNameCount() >= depth) {
                innermost = mount;
                depth = point.getNameCount();
            }
        }
        return innermost;
    }

    /** Returns the path of these bytes, in whatever charset they are. The kernel writes some of them in octal. */
    private static Path path(String escaped) {
        StringBuilder uri = new StringBuilder("file://");
        for (int i = 0; i < escaped.length(); i++) {
            int value = escaped.charAt(i);
            if (value == '\\') {
                value = Integer.parseInt(escaped, i + 1, i + 4, 8);
                i += 3;
            }
            uri.append(value == '/' ? "/" : String.format("%%%02x", value));
        }
        return Path.of(URI.create(uri.toString()));
    }
}
