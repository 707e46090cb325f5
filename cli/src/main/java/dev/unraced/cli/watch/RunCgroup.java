// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static java.util.Comparator.reverseOrder;

import dev.unraced.capture.CaptureException;
import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cgroup of the v2 hierarchy for one command and all that it starts: whoever is forked in a cgroup begins in it, so
 * that a filter by it misses no call. It lies below the cgroup of this process.
 */
final class RunCgroup implements AutoCloseable {
    private static final String HIERARCHY = "cgroup2";
    private static final String PROCESSES = "cgroup.procs";
    private static final String LAUNCHER = "unraced-run";
    private static final int NAMES = 100;
    private static final String PREFIX = "unraced-run-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,18})(-\\d+)?");
    private static final long SWEPT_AFTER_SECONDS = 60;

    private final Path directory;
    private boolean tried;
    /** The file of the arguments, which is there until the cgroup is entered. */
    private volatile @Nullable Path begun;

    private RunCgroup(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes one.
     *
     * @throws CaptureException when this process may not, or there is no such hierarchy
     */
    static RunCgroup create() {
        RunCgroup made = create(Path.of("/proc"));
        // A signal that ends this process leaves nothing behind.
        Runtime.getRuntime().addShutdownHook(new Thread(made::removeAll, "unraced-cgroup"));
        if (!Files.exists(made.directory.resolve(PROCESSES))) {
            made.removeAll();
            throw new CaptureException(
                    made + " is no cgroup, so the command and what it starts could not be told from" + " the rest");
        }
        return made;
    }

    static RunCgroup create(Path proc) {
        try {
            Path own = ownCgroup(proc)
                    .orElseThrow(
                            () -> new CaptureException("no cgroup v2 hierarchy is mounted, in which the command and"
                                    + " what it starts could be told from the rest; 'mount -t cgroup2 none /sys/fs/cgroup'"
                                    + " mounts it"));
            sweep(own);
            return new RunCgroup(createBelow(own));
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? "it is not there" : e.getReason();
            throw new CaptureException(
                    "no cgroup can be made for the command, " + e.getFile() + ": " + reason + "; this takes root, and a"
                            + " hierarchy that is not mounted read-only",
                    e);
        } catch (IOException e) {
            throw new CaptureException("the cgroup of this process is unknown: " + e.getMessage(), e);
        }
    }

    /**
     * Removes what earlier commands left: those that were killed, and those whose processes lived on and have ended
     * since. The kernel keeps a cgroup that has processes. In another PID namespace the process of a number that is
     * free here can live, and its command is about to begin, so young cgroups stay.
     */
    private static void sweep(Path own) {
        Instant young = Instant.now().minusSeconds(SWEPT_AFTER_SECONDS);
        try (Stream<Path> all = Files.list(own)) {
            for (Path each : all.toList()) {
                Matcher name = NAME.matcher(each.getFileName().toString());
                if (name.matches()
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
                        && Files.getLastModifiedTime(each).toInstant().isBefore(young)) {
                    removeAll(each);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // To make a cgroup here fails then, too, and says why; or another command sweeps at the same time.
        }
    }

    /** Makes a directory. A process of the same number, now or in another PID namespace, may have made one, too. */
    private static Path createBelow(Path own) throws IOException {
        String name = PREFIX + ProcessHandle.current().pid();
        for (int number = 1; ; number++) {
            Path directory = own.resolve(number == 1 ? name : name + "-" + number);
            try {
                return Files.createDirectory(directory);
            } catch (FileAlreadyExistsException e) {
                if (number == NAMES) {
                    throw e;
                }
            }
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
        if (below.filter(path -> path.equals("..") || path.startsWith("../")).isPresent()) {
            throw new CaptureException("the cgroup of this process lies outside of what its cgroup namespace shows, so"
                    + " none can be made below it; begin the command in a cgroup of the namespace");
        }
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
     * Starts a command in the cgroup, with the streams of this process.
     *
     * @param arguments the command and its arguments, with a NUL behind each
     * @throws CaptureException when the cgroup cannot be entered; what the command does is its own matter
     */
    Process start(byte[] arguments) {
        try {
            // The launcher removes the file once it is in the cgroup.
            begun = Files.createTempFile("unraced-run", "");
            Files.write(begun, arguments);
            return NativePart.of(RunCgroup.class, LAUNCHER)
                    .use(launcher -> new ProcessBuilder(launcher.toString(), directory.toString(), begun.toString())
                            .inheritIO()
                            .start());
        } catch (NativePartException e) {
            throw new CaptureException(e.getMessage() + " " + e.remedy(), e);
        } catch (IOException e) {
            throw new CaptureException("the command cannot be started: " + e.getMessage(), e);
        }
    }

    /** Returns whether the launcher has entered the cgroup, after it or the command has ended. */
    boolean wasEntered() {
        return begun != null && !Files.exists(begun);
    }

    /**
     * Removes the cgroup, and returns whether that went well: processes that outlive the command keep it. Whoever ended
     * a moment ago still counts for a while.
     */
    boolean remove() {
        tried = true;
        for (int tries = 0; tries < 20; tries++) {
            if (removeAll()) {
                return true;
            }
            sleep();
        }
        return false;
    }

    /** Removes the cgroup and the empty ones that the command has left below it. */
    private boolean removeAll() {
        try {
            return removeAll(directory);
        } finally {
            if (begun != null) {
                begun.toFile().delete();
            }
        }
    }

    private static boolean removeAll(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each :
                    all.filter(Files::isDirectory).sorted(reverseOrder()).toList()) {
                Files.delete(each);
            }
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
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
