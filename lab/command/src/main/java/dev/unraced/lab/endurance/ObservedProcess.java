// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.endurance;

import dev.unraced.capture.CaptureException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The product's command in a process of its own, whose memory and descriptors are measured. Its heap has one size from
 * the start, so that resident memory grows with what lies outside of the heap alone.
 */
final class ObservedProcess implements AutoCloseable {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern ALLOWED = Pattern.compile("Cpus_allowed_list:\\s+(\\S+)");
    private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final int MOST_TRIES = 10;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final int NAP_MILLIS = 20;

    private final Process process;
    private final Path output;

    private ObservedProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts the command, and waits until it has said that it is ready.
     *
     * @param ready a part of the line that says so
     * @throws CaptureException when the command ends instead; the message is its own
     */
    static ObservedProcess start(Path output, String ready, List<String> arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                tool("java"),
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.unraced.cli.Main"));
        command.addAll(arguments);
        try {
            ObservedProcess started = new ObservedProcess(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start(),
                    output);
            started.await(ready);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(String ready) throws InterruptedException {
        while (!said().contains(ready)) {
            if (!process.isAlive()) {
                throw new CaptureException(said().strip());
            }
            TimeUnit.MILLISECONDS.sleep(NAP_MILLIS);
        }
    }

    /** Returns all that the command has printed. */
    String said() {
        return read(output);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long residentKib() {
        return number(RESIDENT, read(proc("status")));
    }

    int descriptors() {
        try (Stream<Path> open = Files.list(proc("fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the bytes of the objects that are in use, after a garbage collection. */
    long liveHeapBytes() throws InterruptedException {
        return number(LIVE, run(tool("jcmd"), pid(), "GC.class_histogram"));
    }

    void suspend() throws InterruptedException {
        run("kill", "-STOP", pid());
    }

    void resume() throws InterruptedException {
        run("kill", "-CONT", pid());
    }

    /** Lets all threads of the process run on these processors alone. */
    void restrictTo(String processors) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                run("taskset", "-a", "-p", "-c", processors, pid());
                return;
            } catch (IllegalStateException e) {
                // A thread that ends while taskset goes through them makes it fail.
                if (tries == MOST_TRIES || !process.isAlive()) {
                    throw e;
                }
            }
        }
    }

    /** Returns the processors on which this process may run. */
    static String allowedProcessors() {
        Matcher matcher = ALLOWED.matcher(read(Path.of("/proc/self/status")));
        return matcher.find() ? matcher.group(1) : "0";
    }

    /** Asks the process to end, and returns its exit code. */
    int end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("process " + pid() + " does not end: " + said());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private String pid() {
        return Long.toString(process.pid());
    }

    private Path proc(String file) {
        return Path.of("/proc", pid(), file);
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static String run(String... command) throws InterruptedException {
        try {
            Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
            String answer = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (tool.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + answer.strip());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
