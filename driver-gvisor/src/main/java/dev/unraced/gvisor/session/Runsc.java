// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The runsc command: how to speak to running sandboxes. Thread-safe. */
public final class Runsc {
    /** The only name of a session that sentries take. */
    private static final String SESSION = "Default";

    private static final int PATIENCE_SECONDS = 30;
    private static final Pattern DROPPED = Pattern.compile("dropped: *(\\d+)");

    private final String program;
    private final String root;

    /**
     * A command.
     *
     * @param program its name or path
     * @param root its --root, empty for its own default
     */
    public Runsc(String program, String root) {
        this.program = program;
        this.root = root;
    }

    /** What it says of itself, in one line. */
    public String version() throws RunscException {
        return run(pid -> {}, "--version").lines().findFirst().orElse("");
    }

    /** The ids of the sandboxes and containers that run. */
    public List<String> running() throws RunscException {
        String json = run(pid -> {}, "list", "-format=json");
        List<String> running = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            String id = "";
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && "id".equals(parser.currentName())) {
                    id = parser.getText();
                } else if (token == JsonToken.VALUE_STRING
                        && "status".equals(parser.currentName())
                        && parser.getText().equals("running")) {
                    running.add(id);
                }
            }
        } catch (IOException e) {
            throw new RunscException("'runsc list' does not answer in JSON: " + e.getMessage());
        }
        return running;
    }

    /**
     * Begins a trace session.
     *
     * @param config a file as {@link TraceConfig} makes it
     * @param started is told the process that is about to connect
     */
    public void attach(Path config, String id, LongConsumer started) throws RunscException {
        run(started, "trace", "create", "--config", config.toString(), id);
    }

    /** Begins a trace session in place of the one that may be there. */
    public void replace(Path config, String id) throws RunscException {
        run(pid -> {}, "trace", "create", "--force", "--config", config.toString(), id);
    }

    /** Ends the trace session. */
    public void detach(String id) throws RunscException {
        run(pid -> {}, "trace", "delete", "--name", SESSION, id);
    }

    /** The trace sessions of a sandbox, as runsc prints them. */
    public String sessions(String id) throws RunscException {
        return run(pid -> {}, "trace", "list", id);
    }

    /** Whether a sandbox has a trace session. */
    public boolean isTraced(String id) throws RunscException {
        return dropped(id) >= 0;
    }

    /** How many frames a sandbox has dropped in all; -1 when it has no session. */
    public long dropped(String id) throws RunscException {
        Matcher matcher = DROPPED.matcher(sessions(id));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    /** The trace points that this version has. */
    public List<String> points() throws RunscException {
        return run(pid -> {}, "trace", "metadata")
                .lines()
                .filter(line -> line.startsWith("Name: ") && line.contains(","))
                .map(line -> line.substring("Name: ".length(), line.indexOf(',')))
                .toList();
    }

    /** Runs it to its end; gives what it printed. */
    String run(LongConsumer started, String... arguments) throws RunscException {
        String name = String.join(" ", arguments);
        try {
            Process process = new ProcessBuilder(command(arguments))
                    .redirectErrorStream(true)
                    .start();
            started.accept(process.pid());
            process.getOutputStream().close();
            String output;
            try (InputStream printed = process.getInputStream()) {
                // A sandbox that was started keeps no end of this pipe: these commands only ask.
                output = new String(printed.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new RunscException("'runsc " + name + "' does not end");
            }
            if (process.exitValue() != 0) {
                throw new RunscException("'runsc " + name + "' failed: " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new RunscException("'" + program + "' cannot be run: " + e.getMessage()
                    + ". Install gVisor (Debian: apt-get install runsc), or set unraced.gvisor.runsc to its path");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunscException("interrupted while 'runsc " + name + "' ran");
        }
    }

    /** The command line with some arguments. */
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
