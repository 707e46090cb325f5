// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A UNIX socket that closes the first connections without a byte, and leads all others to a server. */
final class CuttingRelay implements AutoCloseable {
    private final ServerSocketChannel entrance;
    private final Path server;
    private final int toCut;
    private final AtomicInteger cut = new AtomicInteger();

    CuttingRelay(Path entrance, Path server, int toCut) throws IOException {
        this.entrance =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(entrance));
        this.server = server;
        this.toCut = toCut;
        start(this::accept);
    }

    /** Returns the number of connections that were closed. */
    int cut() {
        return cut.get();
    }

    private void accept() throws IOException {
        while (true) {
            SocketChannel client = entrance.accept();
            if (cut.get() < toCut) {
                client.close();
                cut.incrementAndGet();
            } else {
                SocketChannel onward = SocketChannel.open(UnixDomainSocketAddress.of(server));
                start(() -> copy(client, onward));
                start(() -> copy(onward, client));
            }
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) throws IOException {
        try (from;
                to) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (ClosedChannelException e) {
                // The test is over, or the other end has closed the connection.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
    }
}
