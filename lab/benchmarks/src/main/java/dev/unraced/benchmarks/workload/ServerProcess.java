// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server on loopback that a workload asks. */
final class ServerProcess {
    private static final int ATTEMPTS = 200;

    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /**
     * Starts a server, and returns when it takes connections.
     *
     * @throws IOException if it takes none within some seconds
     */
    static ServerProcess start(int port, List<String> command) throws IOException, InterruptedException {
        ServerProcess server = new ServerProcess(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        for (int attempt = 0; attempt < ATTEMPTS && server.process.isAlive(); attempt++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return server;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(25);
            }
        }
        server.end();
        throw new IOException("no answer on port " + port + " from " + String.join(" ", command));
    }

    void end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /**
     * Runs a client to its end, and returns what it printed.
     *
     * @throws IOException if it fails
     */
    static String ask(List<String> client) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(client)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (process.waitFor() != 0) {
            throw new IOException(client.get(0) + " failed with " + process.exitValue() + ": " + output);
        }
        return output;
    }
}
