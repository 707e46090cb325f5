// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import dev.unraced.linux.Mounts;
import dev.unraced.natives.NativePartException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A shared object or program in a jar, at {@code META-INF/native/linux-MACHINE/NAME}. It is used from a copy in a
 * directory that only this process's user can enter. The copy is deleted when the use returns: a loaded library or a
 * started program stays in memory.
 *
 * <p>The copy is made in the first of these directories that is writable and not mounted {@code noexec}:
 * {@code java.io.tmpdir}, {@code $XDG_RUNTIME_DIR}, {@code ~/.cache}, {@code /var/tmp}, {@code /dev/shm}.
 *
 * <p>Immutable and thread-safe.
 */
public final class NativePart {
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

    private final Class<?> owner;
    private final String resource;
    private final List<Path> places;
    private final Predicate<Path> forbidsCode;

    private NativePart(Class<?> owner, String resource, List<Path> places, Predicate<Path> forbidsCode) {
        this.owner = owner;
        this.resource = resource;
        this.places = places;
        this.forbidsCode = forbidsCode;
    }

    /**
     * The use of the copy.
     *
     * @param <T> the result of the use
     */
    @FunctionalInterface
    public interface Use<T> {
        /**
         * Loads or starts the copy.
         *
         * @param copy the file; it is deleted afterwards
         * @throws IOException when the system rejects the copy, as does {@link UnsatisfiedLinkError}
         */
        T of(Path copy) throws IOException;
    }

    /**
     * Returns the part of a name for this machine.
     *
     * @param owner a class of the jar that has the part
     * @param name the file's name
     */
    public static NativePart of(Class<?> owner, String name) {
        return at(owner, "/META-INF/native/linux-" + machine() + "/" + name);
    }

    /**
     * Returns a part that is elsewhere in its jar.
     *
     * @param owner a class of that jar
     * @param resource its absolute name for {@link Class#getResourceAsStream}
     */
    public static NativePart at(Class<?> owner, String resource) {
        return new NativePart(owner, resource, places(), Mounts::forbidCode);
    }

    /** Returns a part as {@link #at} does, with directories and mounts of the caller. */
    static NativePart at(Class<?> owner, String resource, List<Path> places, Predicate<Path> forbidsCode) {
        return new NativePart(owner, resource, places, forbidsCode);
    }

    /** Returns the processor's name in uname(2); Java says amd64 for x86_64. */
    public static String machine() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return name.equals("amd64") ? "x86_64" : name;
    }

    /** Returns whether the jar has the part. */
    public boolean isPresent() {
        return owner.getResource(resource) != null;
    }

    /**
     * Unpacks the part and passes the copy to the use.
     *
     * @param use the use of the copy, called again with a copy in the next directory while the system rejects it
     * @throws NativePartException when the part cannot be used here
     */
    public <T> T use(Use<T> use) throws NativePartException {
        if (!isPresent()) {
            throw new NativePartException(Reason.ABSENT, "This build has no " + name() + " for " + machine() + ".");
        }
        if (CLibrary.isMusl()) {
            throw new NativePartException(
                    Reason.MUSL, "This process runs on musl, and " + name() + " is built for glibc.");
        }
        Refusals refusals = new Refusals();
        for (Path place : places) {
            if (forbidsCode.test(place)) {
                refusals.of(place, "mounted noexec");
                continue;
            }
            try (Copy copy = new Copy(place)) {
                try {
                    return use.of(copy.file);
                } catch (IOException | UnsatisfiedLinkError e) {
                    refusals.ofSystem(place, String.valueOf(e.getMessage()));
                }
            } catch (IOException e) {
                refusals.of(place, "not writable (" + e + ")");
            }
        }
        throw refusals.exception(name());
    }

    private String name() {
        return resource.substring(resource.lastIndexOf('/') + 1);
    }

    private static List<Path> places() {
        Set<Path> places = new LinkedHashSet<>();
        add(places, System.getProperty("java.io.tmpdir"), "");
        add(places, System.getenv("XDG_RUNTIME_DIR"), "");
        add(places, System.getProperty("user.home"), ".cache");
        add(places, "/var/tmp", "");
        add(places, "/dev/shm", "");
        return List.copyOf(places);
    }

    private static void add(Set<Path> places, @Nullable String directory, String below) {
        if (directory == null || directory.isEmpty()) {
            return;
        }
        try {
            places.add(Path.of(directory, below));
        } catch (InvalidPathException e) {
            // An invalid path names no usable directory.
        }
    }

    /** The copy of the part in a directory of its own. */
    private final class Copy implements AutoCloseable {
        private final Path directory;
        private final Path file;

        Copy(Path place) throws IOException {
            directory = Files.createTempDirectory(place, "unraced");
            file = directory.resolve(name());
            try (InputStream bytes = owner.getResourceAsStream(resource)) {
                if (bytes == null) {
                    throw new IOException(resource + " is gone");
                }
                Files.copy(bytes, file);
                Files.setPosixFilePermissions(file, OWN);
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        /** If the deletion fails, the JVM tries it again at exit; the part works all the same. */
        @Override
        public void close() {
            try {
                Files.deleteIfExists(file);
                Files.deleteIfExists(directory);
            } catch (IOException e) {
                file.toFile().deleteOnExit();
            }
        }
    }

    /** The reasons against each directory. */
    private static final class Refusals {
        private final List<String> all = new ArrayList<>();
        private boolean bySystem;

        void of(Path place, String why) {
            all.add(place + ": " + why);
        }

        void ofSystem(Path place, String said) {
            bySystem = true;
            of(place, said.replace('\n', ' '));
        }

        NativePartException exception(String name) {
            return new NativePartException(
                    bySystem ? Reason.UNUSABLE : Reason.NOEXEC,
                    name + " was not taken from any directory: " + String.join("; ", all) + ".");
        }
    }
}
