// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.capture.CaptureException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for sandboxes: their bundles, the state that runsc keeps of them, and sockets. It is removed when this
 * process ends.
 */
final class Workplace {
    private static final String ACTOR = "META-INF/native/linux-x86_64/unraced-actor";
    /** The capabilities that the actor's commands need: it acts as root, in its sandbox. */
    private static final List<String> CAPABILITIES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FOWNER",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SYS_ADMIN",
            "CAP_SYS_PTRACE");

    private final Path folder;
    private final int owner;

    /**
     * Makes a workplace.
     *
     * @param owner the user who has to own its files; 0 for the user of this process
     */
    Workplace(int owner) {
        this.owner = owner;
        try {
            folder = Files.createTempDirectory("unraced-gvisor");
            Files.setPosixFilePermissions(
                    folder, PosixFilePermissions.fromString(owner == 0 ? "rwx------" : "rwxr-xr-x"));
            own(Files.createDirectory(root()));
        } catch (IOException e) {
            throw new CaptureException("no folder for sandboxes can be made: " + e.getMessage(), e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder), "unraced-gvisor-cleanup"));
    }

    /** Returns the folder in which runsc keeps its state. */
    Path root() {
        return folder.resolve("root");
    }

    /** Returns a path for a socket. */
    Path socket(int number) {
        return folder.resolve(number + ".sock");
    }

    /** Makes the bundle of a sandbox whose first process is the actor. */
    Path bundle(String id) {
        try (InputStream actor = Workplace.class.getClassLoader().getResourceAsStream(ACTOR)) {
            if (actor == null) {
                throw new CaptureException("the actor is not on the class path: it comes with unraced-conformance");
            }
            Path bundle = own(Files.createDirectory(folder.resolve(id)));
            Path files = own(Files.createDirectory(bundle.resolve("rootfs")));
            for (String name : List.of("tmp", "proc", "usr")) {
                own(Files.createDirectory(files.resolve(name)));
            }
            for (String link : List.of("bin", "lib", "lib64")) {
                Files.createSymbolicLink(files.resolve(link), Path.of("usr", link));
            }
            Path program = own(files.resolve("actor"), actor);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            writeSpec(own(Files.createFile(bundle.resolve("config.json"))));
            return bundle;
        } catch (IOException e) {
            throw new CaptureException("the bundle of a sandbox cannot be made: " + e.getMessage(), e);
        }
    }

    /** Removes a folder with its content, as far as possible. */
    void remove(Path top) {
        try (Stream<Path> all = Files.walk(top)) {
            all.sorted(Comparator.reverseOrder()).forEach(Workplace::delete);
        } catch (IOException | UncheckedIOException e) {
            // The rest stays in the system's folder for temporary files.
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The rest stays there as well.
        }
    }

    private Path own(Path file, InputStream content) throws IOException {
        Files.copy(content, file);
        return own(file);
    }

    private Path own(Path path) throws IOException {
        if (owner != 0) {
            Files.setAttribute(path, "unix:uid", owner);
            Files.setAttribute(path, "unix:gid", owner);
        }
        return path;
    }

    /**
     * Writes the bundle's process. It has the ids of the first pid namespace, as the points have them: the container
     * makes none.
     */
    private static void writeSpec(Path file) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.writeStartObject();
            json.writeStringField("ociVersion", "1.0.0");
            json.writeStringField("hostname", "unraced");
            json.writeObjectFieldStart("process");
            json.writeStringField("cwd", "/");
            strings(json, "args", List.of("/actor"));
            strings(json, "env", List.of("PATH=/usr/bin:/bin"));
            json.writeObjectFieldStart("user");
            json.writeNumberField("uid", 0);
            json.writeNumberField("gid", 0);
            json.writeEndObject();
            json.writeObjectFieldStart("capabilities");
            for (String set : List.of("bounding", "effective", "permitted")) {
                strings(json, set, CAPABILITIES);
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeObjectFieldStart("root");
            json.writeStringField("path", "rootfs");
            json.writeEndObject();
            json.writeArrayFieldStart("mounts");
            mount(json, "/proc", "proc", "proc", List.of());
            mount(json, "/tmp", "tmpfs", "tmpfs", List.of());
            mount(json, "/usr", "bind", "/usr", List.of("rbind", "ro"));
            json.writeEndArray();
            json.writeObjectFieldStart("linux");
            json.writeArrayFieldStart("namespaces");
            for (String namespace : List.of("network", "mount")) {
                json.writeStartObject();
                json.writeStringField("type", namespace);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    /** Writes a field that is an array of strings. */
    static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    /** Writes a mount of an OCI bundle. */
    static void mount(JsonGenerator json, String where, String type, String source, List<String> options)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("destination", where);
        json.writeStringField("type", type);
        json.writeStringField("source", source);
        strings(json, "options", options);
        json.writeEndObject();
    }
}
