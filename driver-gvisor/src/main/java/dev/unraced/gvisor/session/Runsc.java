// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The runsc command, which controls running sandboxes. Thread-safe. */
public final class Runsc {
    /** The only name of a session that sentries accept. */
    private static final String SESSION = "Default";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LOOK_MILLIS = 10;
    /**
     * The annotations by which containerd and CRI-O tell a pod's containers from its sandbox: specutils/cri.go of
     * gVisor.
     */
    private static final Set<String> CONTAINER_TYPES =
            Set.of("io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType");

    private static final Pattern DROPPED = Pattern.compile("dropped: *(\\d+)");

    private final String program;
    private final String root;
    private final Duration patience;

    /**
     * A command.
     *
     * @param program its name or path
     * @param root its --root, empty for its own default
     */
    public Runsc(String program, String root) {
        this(program, root, PATIENCE);
    }

    /**
     * A command with a time limit of its own.
     *
     * @param patience after this time it is killed: it waits without a limit for a sandbox that is stopped or hangs
     */
    public Runsc(String program, String root, Duration patience) {
        this.program = program;
        this.root = root;
        this.patience = patience;
    }

    /** Returns the version, in one line. */
    public String version() throws RunscException {
        return run(pid -> {}, "--version").lines().findFirst().orElse("");
    }

    /** Returns the ids of the running sandboxes. A pod is one sandbox; its other containers are left out. */
    public List<String> running() throws RunscException {
        return containers().stream()
                .filter(container -> container.isRunning() && container.isSandbox())
                .map(Container::id)
                .toList();
    }

    /**
     * Returns the container that is the sandbox. All containers of a pod are one process, and runsc accepts only this
     * one for sessions.
     */
    private String sandbox(String id) throws RunscException {
        List<Container> all = containers();
        return all.stream()
                .filter(container -> container.id().equals(id) && !container.isSandbox())
                .flatMap(container -> all.stream().filter(other -> other.isSandbox() && other.pid() == container.pid()))
                .map(Container::id)
                .findFirst()
                .orElse(id);
    }

    private record Container(String id, long pid, boolean isRunning, boolean isSandbox) {}

    private List<Container> containers() throws RunscException {
        String json = run(pid -> {}, "list", "-format=json");
        List<Container> containers = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            String id = "";
            String status = "";
            boolean isSandbox = true;
            long pid = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String field = parser.currentName();
                if (token == JsonToken.VALUE_STRING && "id".equals(field)) {
                    id = parser.getText();
                } else if (token == JsonToken.VALUE_STRING && "status".equals(field)) {
                    status = parser.getText();
                } else if (token == JsonToken.VALUE_NUMBER_INT && "pid".equals(field)) {
                    pid = parser.getLongValue();
                } else if (token == JsonToken.VALUE_STRING && CONTAINER_TYPES.contains(field)) {
                    isSandbox = !parser.getText().equals("container");
                } else if (token == JsonToken.END_OBJECT
                        && parser.getParsingContext().inArray()) {
                    containers.add(new Container(id, pid, status.equals("running"), isSandbox));
                    isSandbox = true;
                }
            }
        } catch (IOException e) {
            throw new RunscException("'runsc list' does not answer in JSON: " + e.getMessage());
        }
        return containers;
    }

    /**
     * Returns the peers of the sandbox's trace session.
     *
     * @throws RunscException when there is no such sandbox, or this user may not look
     */
    public List<SessionPeers.Peer> peers(String id) throws RunscException {
        long pid = containers().stream()
                .filter(container -> container.id().equals(id))
                .mapToLong(Container::pid)
                .findFirst()
                .orElse(0);
        try {
            return SessionPeers.of(pid);
        } catch (IOException e) {
            throw new RunscException("whether a capture listens cannot be seen: " + e.getMessage() + ". Run as root");
        }
    }

    /** Returns whether a sandbox has a session whose capture is gone: it will never reach a receiver again. */
    public boolean isAbandoned(String id) throws RunscException {
        List<SessionPeers.Peer> peers = peers(id);
        return isTraced(id) && !peers.isEmpty() && peers.stream().noneMatch(SessionPeers.Peer::isThere);
    }

    /**
     * Begins a trace session.
     *
     * @param config a file as {@link TraceConfig} makes it
     * @param started gets the process that is about to connect
     */
    public void attach(Path config, String id, LongConsumer started) throws RunscException {
        run(started, "trace", "create", "--config", config.toString(), sandbox(id));
    }

    /** Begins a trace session as {@link #attach} does, in place of an existing one. */
    public void replace(Path config, String id, LongConsumer started) throws RunscException {
        run(started, "trace", "create", "--force", "--config", config.toString(), sandbox(id));
    }

    /** Ends the trace session. */
    public void detach(String id) throws RunscException {
        run(pid -> {}, "trace", "delete", "--name", SESSION, sandbox(id));
    }

    /** Returns the trace sessions of a sandbox, as runsc prints them. */
    public String sessions(String id) throws RunscException {
        return run(pid -> {}, "trace", "list", sandbox(id));
    }

    /** Returns whether a sandbox has a trace session. */
    public boolean isTraced(String id) throws RunscException {
        return dropped(id) >= 0;
    }

    /** Returns the number of frames that a sandbox has dropped in all; -1 when it has no session. */
    public long dropped(String id) throws RunscException {
        Matcher matcher = DROPPED.matcher(sessions(id));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    /** Returns the trace points of this version. */
    public List<String> points() throws RunscException {
        return run(pid -> {}, "trace", "metadata")
                .lines()
                .filter(line -> line.startsWith("Name: ") && line.contains(","))
                .map(line -> line.substring("Name: ".length(), line.indexOf(',')))
                .toList();
    }

    /** Runs the command to its end, which it does not outlive, and returns its output. */
    String run(LongConsumer started, String... arguments) throws RunscException {
        String name = String.join(" ", arguments);
        Process process = null;
        try {
            process = new ProcessBuilder(command(arguments))
                    .redirectErrorStream(true)
                    .start();
            started.accept(process.pid());
            process.getOutputStream().close();
            String output = output(process, name);
            if (process.exitValue() != 0) {
                throw new RunscException(RunscFailure.explain(name, output));
            }
            return output;
        } catch (IOException e) {
            throw new RunscException("'" + program + "' cannot be run: " + e.getMessage()
                    + ". Install gVisor (Debian: apt-get install runsc), or set unraced.gvisor.runsc to its path");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunscException("interrupted while 'runsc " + name + "' ran");
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    /** Waits for the end of a process, for a limited time, and returns what it has printed until then. */
    private String output(Process process, String name) throws IOException, InterruptedException, RunscException {
        long start = System.nanoTime();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (InputStream printed = process.getInputStream()) {
            boolean ended = false;
            while (!ended) {
                ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                // A read without a limit would wait for the end of whatever process has the pipe.
                output.write(printed.readNBytes(printed.available()));
                if (!ended && System.nanoTime() - start > patience.toNanos()) {
                    throw RunscException.late("'runsc " + name + "' has not ended within " + patience.toSeconds()
                            + " s: a sandbox that is stopped or hangs does not answer");
                }
            }
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    /** Returns the command line with some arguments. */
    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program);
        if (!root.isEmpty()) {
            command.add("--root=" + root);
        }
        command.addAll(List.of(arguments));
        return command;
    }
}
