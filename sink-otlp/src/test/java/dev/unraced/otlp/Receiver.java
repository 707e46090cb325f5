// SPDX-License-Identifier: Apache-2.0
package dev.unraced.otlp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** A receiver of log records by OTLP over HTTP, on loopback. Thread-safe. */
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<LogRecord> records = new ArrayList<>();
    private final List<Resource> resources = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private volatile int status = 200;

    private Receiver(int port) throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/v1/logs", this::take);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "receiver");
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
    }

    /** Starts a receiver on a port, 0 for any. */
    static Receiver at(int port) throws IOException {
        return new Receiver(port);
    }

    String endpoint() {
        return "http://127.0.0.1:" + port() + "/v1/logs";
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Answers all further requests with this status of HTTP. */
    void answer(int code) {
        status = code;
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = new GZIPInputStream(exchange.getRequestBody())) {
            ExportLogsServiceRequest request = ExportLogsServiceRequest.parseFrom(body);
            if (status == 200) {
                keep(request, String.valueOf(exchange.getRequestHeaders().getFirst("Token")));
            }
            byte[] answer = ExportLogsServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        }
    }

    private synchronized void keep(ExportLogsServiceRequest request, String token) {
        tokens.add(token);
        request.getResourceLogsList().forEach(part -> {
            resources.add(part.getResource());
            part.getScopeLogsList().forEach(scope -> records.addAll(scope.getLogRecordsList()));
        });
    }

    synchronized List<LogRecord> records() {
        return List.copyOf(records);
    }

    synchronized List<Resource> resources() {
        return List.copyOf(resources);
    }

    synchronized List<String> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
