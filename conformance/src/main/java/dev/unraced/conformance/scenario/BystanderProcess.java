// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.Setting;
import dev.unraced.conformance.fixture.Condition;
import dev.unraced.conformance.spec.Violation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A second JVM with a capture of its own, by a driver of the same name and configuration. */
public final class BystanderProcess implements AutoCloseable {
    /** A JVM that starts and opens a capture takes a multiple of what any other step does. */
    private static final int STARTS = 3;

    private final Duration patience;
    private final Path file;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final StringBuilder rest = new StringBuilder();

    /**
     * Starts the JVM, and waits until its capture is open.
     *
     * @param config the configuration that this process would open
     * @param tgid the process whose opens it prints
     */
    public BystanderProcess(CaptureConfig config, int tgid, Duration patience) {
        this.patience = patience;
        try {
            file = Files.createTempFile("unraced-bystander", ".conf");
            Files.writeString(file, hocon(config));
            process = new ProcessBuilder(command(file, tgid))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "unraced-bystander");
        reader.setDaemon(true);
        reader.start();
        try {
            await(Bystander.OPEN, 1, patience.multipliedBy(STARTS));
        } catch (AssertionError | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static List<String> command(Path config, int tgid) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        int version = Runtime.version().feature();
        if (version >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        if (version >= 24) {
            // Guice still uses what these versions warn about.
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Bystander.class.getName(), config.toString(), Integer.toString(tgid)));
        return command;
    }

    /** Returns the settings that differ from the defaults, as HOCON. */
    private static String hocon(CaptureConfig config) {
        return config.settings().stream()
                .filter(setting -> !setting.origin().equals("default"))
                .map(setting -> setting.key() + " = " + value(setting) + "\n")
                .collect(Collectors.joining());
    }

    /** Quotes values that people can read without quotes, but HOCON cannot. */
    private static String value(Setting setting) {
        String value = setting.value();
        boolean isQuoted = value.startsWith("\"") || value.startsWith("[") || value.startsWith("{");
        return isQuoted ? value : '"' + value + '"';
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                note(line);
            }
        } catch (IOException e) {
            note(e.toString());
        }
    }

    private synchronized void note(String line) {
        if (line.startsWith(Bystander.MARK)) {
            lines.add(line.substring(Bystander.MARK.length()));
        } else {
            rest.append(line).append('\n');
        }
    }

    /** Returns the modes of the opens that the other process has seen. */
    public synchronized List<Long> tags() {
        return lines.stream()
                .filter(line -> line.startsWith(Bystander.TAG))
                .map(line -> Long.valueOf(line.substring(Bystander.TAG.length())))
                .toList();
    }

    /** Waits until the other process has seen that many opens. */
    public void awaitTags(int count) {
        await(Bystander.TAG, count, patience);
    }

    /** Has the other process close its capture, and returns the imbalance of its accounts and of its stash. */
    public String finish() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await(Bystander.CLOSED, 1, patience);
        return last().substring(Bystander.CLOSED.length());
    }

    private synchronized String last() {
        return lines.get(lines.size() - 1);
    }

    private void await(String start, int count, Duration limit) {
        Violation.unless("R15.9", () -> {
            Condition.await(
                    limit,
                    () -> !process.isAlive() || count(start) >= count,
                    () -> "the other process is silent: " + said());
            // Its last lines may still be on their way.
            Condition.await(limit, () -> count(start) >= count, () -> "the other process is over: " + said());
        });
    }

    private synchronized long count(String start) {
        return lines.stream().filter(line -> line.startsWith(start)).count();
    }

    private synchronized String said() {
        return lines + "\n" + rest;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
