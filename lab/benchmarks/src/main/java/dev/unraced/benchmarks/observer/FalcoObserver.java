// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Falco's kernel module with the smallest consumer, which counts the events of the five calls.
 * {@code benchmarks/vm/peers} builds both; the environment variable {@value #CONSUMER} names the consumer.
 */
final class FalcoObserver implements Observer {
    private static final Path MODULE = Path.of("/sys/module/scap");
    private static final String CONSUMER = "SCAP_COUNT";

    @Override
    public String name() {
        return "falco-kmod";
    }

    @Override
    public Watch start() throws IOException, Refused {
        Optional<String> consumer = Optional.ofNullable(System.getenv(CONSUMER));
        if (consumer.isEmpty() || !Files.isDirectory(MODULE)) {
            throw new Refused("Falco's module is not loaded; benchmarks/vm/peers does that in a guest");
        }
        Process process = new ProcessBuilder(consumer.get())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        if (!"ready".equals(lines.readLine())) {
            process.destroy();
            throw new Refused("its consumer does not run");
        }
        return new Counting(process, lines);
    }

    private static final class Counting implements Watch {
        private final Process process;
        private final BufferedReader lines;
        private long events;
        private long lost;

        Counting(Process process, BufferedReader lines) {
            this.process = process;
            this.lines = lines;
        }

        @Override
        public long events() {
            return events;
        }

        @Override
        public long lost() {
            return lost;
        }

        @Override
        public void close() throws IOException, InterruptedException {
            // Process.destroy() would close the output, too.
            process.toHandle().destroy();
            String line = lines.readLine();
            process.waitFor();
            if (line == null) {
                throw new IOException("the consumer of Falco's module failed with " + process.exitValue());
            }
            String[] figures = line.split(" ", -1);
            events = Long.parseLong(figures[0]);
            lost = Long.parseLong(figures[1]);
        }
    }
}
