// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** A build: the C compiler over a file that includes much, so that it opens some hundred files each time. */
final class CompileWorkload implements Workload {
    private static final List<String> HEADERS = List.of(
            "arpa/inet.h",
            "fcntl.h",
            "math.h",
            "netdb.h",
            "pthread.h",
            "signal.h",
            "stdio.h",
            "stdlib.h",
            "string.h",
            "sys/epoll.h",
            "sys/mman.h",
            "sys/socket.h",
            "sys/stat.h",
            "sys/wait.h",
            "time.h",
            "unistd.h");

    private final Path source = Files.createTempFile("unraced-build", ".c");

    CompileWorkload() throws IOException {
        StringBuilder text = new StringBuilder();
        HEADERS.forEach(
                header -> text.append("#include <").append(header).append(">").append(System.lineSeparator()));
        text.append("int main(void) { return 0; }").append(System.lineSeparator());
        Files.writeString(source, text);
    }

    @Override
    public String name() {
        return "compile";
    }

    @Override
    public String round() {
        return "gcc -c of a file with " + HEADERS.size() + " headers";
    }

    @Override
    public long rounds() {
        return 10;
    }

    @Override
    public CallLoop.Time run(long count, int loops, LongConsumer pids) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long compiled = 0;
        while (compiled < count) {
            List<Process> compilers = new ArrayList<>();
            for (int i = 0; i < loops; i++) {
                compilers.add(new ProcessBuilder("gcc", "-c", "-o", "/dev/null", source.toString())
                        .inheritIO()
                        .start());
            }
            int failure = 0;
            for (Process compiler : compilers) {
                int code = compiler.waitFor();
                failure = code != 0 ? code : failure;
            }
            if (failure != 0) {
                throw new IOException("gcc failed with " + failure);
            }
            compiled += loops;
        }
        // The time is that of one of the loops, as with calls.
        return new CallLoop.Time((double) (System.nanoTime() - start) * loops / compiled, Double.NaN);
    }

    @Override
    public void close() throws IOException {
        Files.delete(source);
    }
}
