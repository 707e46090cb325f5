// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import dev.unraced.benchmarks.measure.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Runs redis-benchmark against a Redis of its own on loopback: few watched calls, and many others. */
final class RedisWorkload implements Workload {
    private static final Path BENCHMARK = Path.of("/usr/bin/redis-benchmark");
    /**
     * Debian's redis-tools has the server's program under this name; the program acts by the name that it is started
     * under.
     */
    private static final Path SERVER = Path.of("/usr/bin/redis-check-rdb");

    private final int port = ServerProcess.freePort();
    private final ServerProcess server;

    RedisWorkload() throws IOException, InterruptedException, Refused {
        if (!Files.isExecutable(BENCHMARK) || !Files.isExecutable(SERVER)) {
            throw new Refused("no " + BENCHMARK + "; it is in Debian's package redis-tools");
        }
        server = ServerProcess.start(
                port,
                List.of(
                        "bash",
                        "-c",
                        "exec -a redis-server " + SERVER + " --bind 127.0.0.1 --save '' --appendonly no --port "
                                + port));
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String round() {
        return "redis-benchmark, one GET of 50 clients";
    }

    @Override
    public long rounds() {
        return 100_000;
    }

    @Override
    public CallLoop.Time run(long count, int loops, LongConsumer pids) throws IOException, InterruptedException {
        String output = ServerProcess.ask(List.of(
                BENCHMARK.toString(),
                "-p",
                Integer.toString(port),
                "-t",
                "get",
                "-n",
                Long.toString(count),
                "--threads",
                Integer.toString(loops),
                "--csv"));
        String line = output.lines()
                .filter(each -> each.startsWith("\"GET\""))
                .findFirst()
                .orElseThrow(() -> new IOException("redis-benchmark printed: " + output));
        double perSecond = Double.parseDouble(line.split("\"", -1)[3]);
        return new CallLoop.Time(TimeUnit.SECONDS.toNanos(1) / perSecond, Double.NaN);
    }

    @Override
    public void close() throws InterruptedException {
        server.end();
    }
}
