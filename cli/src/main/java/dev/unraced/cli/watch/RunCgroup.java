// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.driver.CaptureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cgroup of the v2 hierarchy for one command and all that it starts: whoever is forked in a cgroup begins in it, so
 * that a filter by it misses no call. It lies below the cgroup of this process.
 */
final class RunCgroup implements AutoCloseable {
    private static final String HIERARCHY = "cgroup2";

    private final Path directory;
    private boolean tried;

    private RunCgroup(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes one.
     *
     * @throws CaptureException when this process may not, or there is no such hierarchy
     */
    static RunCgroup create() {
        return create(Path.of("/proc"));
    }

    static RunCgroup create(Path proc) {
        try {
            Path own = ownCgroup(proc)
                    .orElseThrow(
                            () -> new CaptureException("no cgroup v2 hierarchy is mounted, in which the command and"
                                    + " what it starts could be told from the rest; 'mount -t cgroup2 none /sys/fs/cgroup'"
                                    + " mounts it"));
            return new RunCgroup(Files.createDirectory(
                    own.resolve("unraced-run-" + ProcessHandle.current().pid())));
        } catch (IOException e) {
            throw new CaptureException(
                    "no cgroup can be made for the command (" + e + "); this takes root, and a"
                            + " hierarchy that is not mounted read-only",
                    e);
        }
    }

    /** Returns the directory of this process' cgroup. */
    private static Optional<Path> ownCgroup(Path proc) throws IOException {
        Optional<String> mount = Files.readAllLines(proc.resolve("self/mountinfo")).stream()
                .filter(line -> line.contains(" - " + HIERARCHY + " "))
                .map(line -> line.split(" ", -1)[4])
                .findFirst();
        Optional<String> below = Files.readAllLines(proc.resolve("self/cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring("0::/".length()))
                .findFirst();
        return mount.flatMap(top -> below.map(path -> Path.of(top).resolve(path)));
    }

    /** Returns the id by which events name the cgroup. */
    long id() {
        try {
            return (Long) Files.getAttribute(directory, "unix:ino");
        } catch (IOException e) {
            throw new CaptureException(directory + " is gone: " + e, e);
        }
    }

    /**
     * Returns a command line that enters the cgroup, and then becomes the command. A shell does so, since a JVM cannot
     * act between fork and exec.
     */
    List<String> entering(List<String> command) {
        String procs = directory.resolve("cgroup.procs").toString();
        List<String> all =
                new ArrayList<>(List.of("/bin/sh", "-c", "echo 0 >\"$1\" && shift && exec \"$@\"", "unraced", procs));
        all.addAll(command);
        return all;
    }

    /**
     * Removes the cgroup, and returns whether that went well: processes that outlive the command keep it. Whoever ended
     * a moment ago still counts for a while.
     */
    boolean remove() {
        tried = true;
        for (int tries = 0; tries < 20; tries++) {
            try {
                Files.deleteIfExists(directory);
                return true;
            } catch (IOException e) {
                sleep();
            }
        }
        return false;
    }

    @Override
    public void close() {
        if (!tried) {
            remove();
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    private static void sleep() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
