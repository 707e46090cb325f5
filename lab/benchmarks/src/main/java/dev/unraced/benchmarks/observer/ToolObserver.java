// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.benchmarks.workload.CallLoop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tool of the package libbpf-tools, which prints a line for each event of the loop's processes. */
public final class ToolObserver implements Observer {
    private static final Pattern LOST = Pattern.compile("[Ll]ost (\\d+) events");
    private static final long PATIENCE_SECONDS = 15;

    public static final ToolObserver OPENSNOOP = new ToolObserver(
            "opensnoop", "/usr/sbin/opensnoop-libbpf", "-n " + CallLoop.COMM, List.of("open", "/dev/null"));
    static final ToolObserver TCPCONNECT =
            new ToolObserver("tcpconnect", "/usr/sbin/tcpconnect-libbpf", "", List.of("connect"));

    private final String name;
    private final Path program;
    private final String options;
    private final List<String> knock;

    private ToolObserver(String name, String program, String options, List<String> knock) {
        this.name = name;
        this.program = Path.of(program);
        this.options = options;
        this.knock = knock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean observes(String workload) {
        return workload.equals("getppid") || workload.startsWith(knock.get(0)) || !workload.matches("(open|connect).*");
    }

    @Override
    public Watch start() throws IOException, InterruptedException, Refused {
        if (!Files.isExecutable(program)) {
            throw new Refused("no " + program + "; it is in Debian's package libbpf-tools");
        }
        // The tool looks for its tracepoints in tracefs, which need not be mounted on this machine; the mount ends with
        // the tool.
        String command = "[ -e /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing && exec "
                + program + " " + options;
        Path errors = Files.createTempFile("unraced-bench", ".err");
        Process process = new ProcessBuilder("unshare", "--mount", "sh", "-c", command)
                .redirectError(errors.toFile())
                .start();
        Printing watch = new Printing(process, errors);
        boolean watching = false;
        try (CallLoop loop = new CallLoop()) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            // The tool prints whole buffers, so calls are made until one is full: then it certainly watches.
            while (!watch.printed()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new Refused(watch.lastError());
                }
                loop.run(new CallLoop.Plan(knock, 200, 0, 1));
            }
            watching = true;
        } finally {
            if (!watching) {
                process.destroyForcibly().waitFor();
                Files.deleteIfExists(errors);
            }
        }
        watch.reset();
        return watch;
    }

    private static final class Printing implements Watch {
        private final Process process;
        private final Path errors;
        private final Thread reader;
        private final AtomicLong lines = new AtomicLong();
        private long before;
        private long lost;

        Printing(Process process, Path errors) {
            this.process = process;
            this.errors = errors;
            this.reader = new Thread(this::count, "lines");
            reader.start();
        }

        private void count() {
            byte[] buffer = new byte[1 << 16];
            try (InputStream in = process.getInputStream()) {
                int read = in.read(buffer);
                while (read >= 0) {
                    long some = 0;
                    for (int i = 0; i < read; i++) {
                        some += buffer[i] == '\n' ? 1 : 0;
                    }
                    lines.addAndGet(some);
                    read = in.read(buffer);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        boolean printed() {
            return lines.get() > 0;
        }

        /**
         * Resets the count. Up to a buffer of earlier lines is still to come, so the count may be too high, but never
         * too low.
         */
        void reset() {
            before = lines.get();
        }

        String lastError() throws IOException {
            List<String> all = Files.readAllLines(errors, StandardCharsets.UTF_8);
            return all.isEmpty() ? "it printed nothing" : all.get(all.size() - 1);
        }

        @Override
        public long events() {
            return lines.get() - before;
        }

        @Override
        public long lost() {
            return lost;
        }

        @Override
        public void close() throws IOException, InterruptedException {
            // The tool prints its buffer on an interrupt, and not on the signal of destroy().
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            reader.join();
            Matcher told = LOST.matcher(Files.readString(errors));
            while (told.find()) {
                lost += Long.parseLong(told.group(1));
            }
            Files.deleteIfExists(errors);
        }
    }
}
