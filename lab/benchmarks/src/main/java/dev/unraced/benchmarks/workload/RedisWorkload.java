// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import dev.unraced.benchmarks.measure.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static final int ATTEMPTS = 200;

    private final int port;
    private final Process server;

    RedisWorkload() throws IOException, InterruptedException, Refused {
        if (!Files.isExecutable(BENCHMARK) || !Files.isExecutable(SERVER)) {
            throw new Refused("no " + BENCHMARK + "; it is in Debian's package redis-tools");
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        server = new ProcessBuilder(
                        "bash",
                        "-c",
                        "exec -a redis-server " + SERVER + " --bind 127.0.0.1 --save '' --appendonly no --port " + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await();
    }

    private void await() throws IOException, InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(25);
            }
        }
        close();
        throw new IOException("Redis does not answer on port " + port);
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
        Process process = new ProcessBuilder(
                        BENCHMARK.toString(),
                        "-p",
                        Integer.toString(port),
                        "-t",
                        "get",
                        "-n",
                        Long.toString(count),
                        "--threads",
                        Integer.toString(loops),
                        "--csv")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (process.waitFor() != 0) {
            throw new IOException("redis-benchmark failed with " + process.exitValue());
        }
        String line = output.lines()
                .filter(each -> each.startsWith("\"GET\""))
                .findFirst()
                .orElseThrow(() -> new IOException("redis-benchmark printed: " + output));
        double perSecond = Double.parseDouble(line.split("\"", -1)[3]);
        return new CallLoop.Time(TimeUnit.SECONDS.toNanos(1) / perSecond, Double.NaN);
    }

    @Override
    public void close() throws InterruptedException {
        server.destroy();
        if (!server.waitFor(10, TimeUnit.SECONDS)) {
            server.destroyForcibly().waitFor();
        }
    }
}
