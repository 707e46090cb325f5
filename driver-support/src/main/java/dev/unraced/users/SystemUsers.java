// SPDX-License-Identifier: Apache-2.0
package dev.unraced.users;

import dev.unraced.natives.LibC;
import dev.unraced.process.Container;
import dev.unraced.process.UserResolver;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The users of this machine, by the C library. In a container, or in another root directory than that of process 1, the
 * C library would tell the users of the image, so there no user has a name.
 */
public final class SystemUsers implements UserResolver {
    /** The numbers of the initial namespaces: PROC_PID_INIT_INO and PROC_CGROUP_INIT_INO of include/linux/proc_ns.h. */
    private static final String INITIAL_PIDS = "pid:[4026531836]";

    private static final String INITIAL_CGROUPS = "cgroup:[4026531835]";

    private final boolean known;

    /** For {@link java.util.ServiceLoader}. */
    public SystemUsers() {
        this(Path.of("/proc"), Path.of("/"));
    }

    SystemUsers(Path proc, Path root) {
        this.known = isOfMachine(proc, root);
    }

    @Override
    public @Nullable String nameOf(long uid) {
        return known ? LibC.userName(uid) : null;
    }

    /** Returns whether the users that the C library knows are the machine's. */
    boolean isOfMachine() {
        return known;
    }

    private static boolean isOfMachine(Path proc, Path root) {
        if (!INITIAL_PIDS.equals(link(proc.resolve("self/ns/pid")))) {
            return false;
        }
        Path first = proc.resolve("1/root");
        String theirs = identity(first);
        if (theirs != null) {
            // A container can have the machine's file of users without its root directory.
            String users = identity(first.resolve("etc/passwd"));
            return theirs.equals(identity(root))
                    || (users != null && users.equals(identity(root.resolve("etc/passwd"))));
        }
        // Only a privileged process may look there; what containers have in common must do.
        return INITIAL_CGROUPS.equals(link(proc.resolve("self/ns/cgroup")))
                && !isInContainer(proc.resolve("self/cgroup"))
                && !isOverlay(root);
    }

    private static @Nullable String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable String identity(Path path) {
        try {
            return Files.readAttributes(path, "unix:dev,ino").toString();
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isInContainer(Path cgroups) {
        try {
            return Files.readAllLines(cgroups).stream()
                    .map(line -> line.substring(line.lastIndexOf(':') + 1))
                    .anyMatch(path -> Container.ofCgroup(path).isPresent());
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isOverlay(Path root) {
        try {
            FileStore store = Files.getFileStore(root);
            return store.type().equals("overlay");
        } catch (IOException e) {
            return true;
        }
    }
}
