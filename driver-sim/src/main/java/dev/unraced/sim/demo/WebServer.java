// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimProcess;

/** A web server and its clients. */
final class WebServer {
    private static final int PORT = 8080;
    private static final int WWW_DATA = 33;

    private final SceneOperations operations;
    private final SimProcess server;
    private final SimBuffer path;
    private final int listener;

    WebServer(SceneOperations operations) {
        this.operations = operations;
        this.server = operations.process("nginx").user(WWW_DATA);
        this.path = server.buffer("");
        this.listener = server.listen("127.0.0.1", PORT);
    }

    void request() {
        SimProcess client = operations.process("curl");
        operations.read(client, "/etc/resolv.conf");
        if (operations.number(8) == 0) {
            // Some clients still use the port of an earlier server.
            operations.make(client.thread().connect("127.0.0.1", 80));
        }
        operations.make(client.thread().connect("127.0.0.1", PORT));
        int connection = server.accept(listener);
        path.write(operations.any(
                "/srv/www/index.html", "/srv/www/index.html", "/srv/www/style.css", "/srv/www/logo.svg", "/srv/www/x"));
        long file = operations.make(server.thread().openat(OpenFlags.AT_FDCWD, path, OpenFlags.O_NONBLOCK, 0));
        if (file >= 0) {
            server.close((int) file);
        }
        client.kill();
        server.close(connection);
    }
}
