// SPDX-License-Identifier: Apache-2.0
package dev.unraced.users;

import dev.unraced.linux.Errno;
import dev.unraced.natives.LibC;
import dev.unraced.process.CgroupResolver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the path of a cgroup by the kernel's handle of it, which is made of its id (open_by_handle_at(2), which takes
 * CAP_DAC_READ_SEARCH). In a container, whose hierarchy can begin below the machine's root, no cgroup has a path.
 */
public final class CgroupHandles implements CgroupResolver {
    /** The number of the initial namespace: PROC_CGROUP_INIT_INO of include/linux/proc_ns.h. */
    private static final String INITIAL_CGROUPS = "cgroup:[4026531835]";

    private static final String ROOT = "/";
    /** The fields of a line of proc_pid_mountinfo(5). */
    private static final int MOUNT_ROOT = 3;

    private static final int MOUNT_POINT = 4;

    private final Path proc;
    private final @Nullable String hierarchy;
    /** False when the kernel has refused a question for good. */
    private volatile boolean allowed = true;

    /** For {@link java.util.ServiceLoader}. */
    public CgroupHandles() {
        this(Path.of("/proc"));
    }

    CgroupHandles(Path proc) {
        this.proc = proc;
        this.hierarchy = hierarchy(proc);
    }

    @Override
    public @Nullable String pathOf(long id) {
        if (hierarchy == null || !allowed) {
            return null;
        }
        int fd;
        try {
            fd = LibC.openKernfs(hierarchy, id);
        } catch (UnsatisfiedLinkError e) {
            allowed = false;
            return null;
        }
        if (fd < 0) {
            allowed = fd != -Errno.EPERM && fd != -Errno.ENOSYS;
            return null;
        }
        try {
            Path path = Files.readSymbolicLink(proc.resolve("self/fd/" + fd));
            // The path of a directory that is gone has an end that a name can have, too, so it has to lead there.
            if (!path.startsWith(hierarchy)
                    || !Files.getAttribute(path, "unix:ino").equals(id)) {
                return null;
            }
            String relative = path.toString().substring(hierarchy.length());
            return relative.isEmpty() ? ROOT : relative;
        } catch (IOException e) {
            return null;
        } finally {
            LibC.close(fd);
        }
    }

    /** Returns where the whole v2 hierarchy is mounted, or null. */
    @Nullable
    String hierarchy() {
        return hierarchy;
    }

    private static @Nullable String hierarchy(Path proc) {
        try {
            if (!INITIAL_CGROUPS.equals(
                    Files.readSymbolicLink(proc.resolve("self/ns/cgroup")).toString())) {
                return null;
            }
            String mounts = new String(Files.readAllBytes(proc.resolve("self/mountinfo")), StandardCharsets.UTF_8);
            return Stream.of(mounts.split("\n"))
                    .filter(line -> line.contains(" - cgroup2 "))
                    .map(line -> line.split(" "))
                    .filter(fields -> fields[MOUNT_ROOT].equals(ROOT) && !fields[MOUNT_POINT].contains("\\"))
                    .map(fields -> fields[MOUNT_POINT])
                    .findFirst()
                    .orElse(null);
        } catch (IOException | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }
}
