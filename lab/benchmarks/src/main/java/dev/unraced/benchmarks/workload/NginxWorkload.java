// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import dev.unraced.benchmarks.measure.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gets a small file from an nginx of its own on loopback, which opens the file for each request. */
final class NginxWorkload implements Workload {
    private static final Path SERVER = Path.of("/usr/sbin/nginx");
    private static final Path CLIENT = Path.of("/usr/bin/ab");
    private static final Pattern RATE = Pattern.compile("Requests per second:\\s+([0-9.]+)");
    private static final Pattern FAILED = Pattern.compile("Failed requests:\\s+([1-9]\\d*)|Non-2xx responses");

    private final int port = ServerProcess.freePort();
    private final Path folder;
    private final ServerProcess server;

    NginxWorkload() throws IOException, InterruptedException, Refused {
        if (!Files.isExecutable(SERVER) || !Files.isExecutable(CLIENT)) {
            throw new Refused(
                    "no " + SERVER + " or no " + CLIENT + "; they are in Debian's packages nginx and apache2-utils");
        }
        folder = Files.createTempDirectory("unraced-nginx-");
        Files.writeString(folder.resolve("index.html"), "<p>hello</p>\n".repeat(80));
        // One process and no change of user: the folder is this user's alone.
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/pid;
                error_log /dev/null;
                events {}
                http {
                  access_log off;
                  keepalive_requests 1000000;
                  client_body_temp_path %1$s;
                  proxy_temp_path %1$s;
                  fastcgi_temp_path %1$s;
                  uwsgi_temp_path %1$s;
                  scgi_temp_path %1$s;
                  server { listen 127.0.0.1:%2$d; root %1$s; }
                }
                """.formatted(folder, port));
        server = ServerProcess.start(
                port, List.of(SERVER.toString(), "-p", folder.toString(), "-c", configuration.toString()));
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public String round() {
        return "nginx, one GET of 16 clients that stay connected";
    }

    @Override
    public long rounds() {
        return 50_000;
    }

    @Override
    public CallLoop.Time run(long count, int loops, LongConsumer pids) throws IOException, InterruptedException {
        String output = ServerProcess.ask(List.of(
                CLIENT.toString(),
                "-q",
                "-k",
                "-c",
                "16",
                "-n",
                Long.toString(count),
                "http://127.0.0.1:" + port + "/index.html"));
        Matcher rate = RATE.matcher(output);
        if (!rate.find() || FAILED.matcher(output).find()) {
            throw new IOException("ab printed: " + output);
        }
        return new CallLoop.Time(TimeUnit.SECONDS.toNanos(1) / Double.parseDouble(rate.group(1)), Double.NaN);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.end();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
