// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.gvisor.session.Runsc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sandboxes that run shell scripts, started as a container runtime starts them. They end with the test. */
final class RealSandboxes implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Path folder;
    private final List<String> created = new ArrayList<>();

    RealSandboxes(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(root());
    }

    Path root() {
        return folder.resolve("root");
    }

    Path endpoint() {
        return folder.resolve("trace.sock");
    }

    Runsc runsc() {
        return new Runsc("runsc", root().toString());
    }

    /** Returns the process of a running sandbox. */
    long pid(String id) throws IOException, InterruptedException {
        Path state = folder.resolve("state-" + id + ".json");
        Process process = new ProcessBuilder("runsc", "--root=" + root(), "state", id)
                .redirectOutput(state.toFile())
                .start();
        assertThat(process.waitFor()).as(log()).isZero();
        Matcher pid = Pattern.compile("\"pid\": *([0-9]+)").matcher(Files.readString(state));
        assertThat(pid.find()).isTrue();
        return Long.parseLong(pid.group(1));
    }

    /** Writes a session to a file. */
    Path session(String json) throws IOException {
        return Files.writeString(folder.resolve("session-" + created.size() + ".json"), json);
    }

    /**
     * Creates a container and starts it.
     *
     * @param session for runsc --pod-init-config; null for none
     * @return the exit code of the first runsc command that failed, or 0
     */
    int start(String id, String script, Map<String, String> annotations, Path session)
            throws IOException, InterruptedException {
        Path bundle = bundle(id, script, annotations);
        List<String> create = new ArrayList<>();
        if (session != null) {
            create.add("--pod-init-config=" + session);
        }
        create.addAll(List.of("create", "--bundle", bundle.toString(), id));
        int code = run(create);
        if (code == 0) {
            created.add(id);
            code = run(List.of("start", id));
        }
        return code;
    }

    private int run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("runsc", "--root=" + root(), "--network=none", "--ignore-cgroups"));
        command.addAll(arguments);
        Path log = folder.resolve("runsc.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end: " + Files.readString(log));
        }
        return process.exitValue();
    }

    /** Returns the output of all commands. */
    String log() throws IOException {
        return Files.readString(folder.resolve("runsc.log"), StandardCharsets.UTF_8);
    }

    private Path bundle(String id, String script, Map<String, String> annotations) throws IOException {
        Path bundle = Files.createDirectories(folder.resolve("bundle-" + id));
        Path files = Files.createDirectories(bundle.resolve("rootfs"));
        for (String name : List.of("tmp", "proc", "usr")) {
            Files.createDirectories(files.resolve(name));
        }
        for (String link : List.of("bin", "lib", "lib64")) {
            Files.createSymbolicLink(files.resolve(link), Path.of("usr", link));
        }
        try (JsonGenerator json =
                new JsonFactory().createGenerator(Files.newBufferedWriter(bundle.resolve("config.json")))) {
            json.writeStartObject();
            json.writeStringField("ociVersion", "1.0.0");
            json.writeObjectFieldStart("process");
            json.writeStringField("cwd", "/");
            Workplace.strings(json, "args", List.of("/usr/bin/bash", "-c", script));
            Workplace.strings(json, "env", List.of("PATH=/usr/bin"));
            json.writeEndObject();
            json.writeObjectFieldStart("root");
            json.writeStringField("path", "rootfs");
            json.writeEndObject();
            json.writeArrayFieldStart("mounts");
            Workplace.mount(json, "/proc", "proc", "proc", List.of());
            Workplace.mount(json, "/tmp", "tmpfs", "tmpfs", List.of());
            Workplace.mount(json, "/usr", "bind", "/usr", List.of("rbind", "ro"));
            json.writeEndArray();
            json.writeObjectFieldStart("linux");
            json.writeArrayFieldStart("namespaces");
            for (String namespace : List.of("network", "mount", "pid")) {
                json.writeStartObject();
                json.writeStringField("type", namespace);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeObjectFieldStart("annotations");
            for (Map.Entry<String, String> annotation : annotations.entrySet()) {
                json.writeStringField(annotation.getKey(), annotation.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        return bundle;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (int i = created.size() - 1; i >= 0; i--) {
            run(List.of("delete", "--force", created.get(i)));
        }
    }
}
