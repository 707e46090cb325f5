// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.jna.Memory;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.SocketProbe.State;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what a look at a socket finds, above all that it never waits. */
class SocketProbeTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int AF_UNIX = 1;
    private static final int PACKETS = SocketTypes.SOCK_SEQPACKET;

    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("s.sock");
    }

    private byte[] address() {
        byte[] path = path().toString().getBytes(StandardCharsets.UTF_8);
        byte[] address = new byte[2 + path.length + 1];
        address[0] = AF_UNIX;
        System.arraycopy(path, 0, address, 2, path.length);
        return address;
    }

    private State streams() {
        return assertTimeoutPreemptively(SOON, () -> SocketProbe.of(path())).state();
    }

    private State packets() {
        return assertTimeoutPreemptively(SOON, () -> SocketProbe.of(PACKETS, address()))
                .state();
    }

    @Test
    void aListenerIsSeenUntilItIsGone() throws IOException {
        assertThat(streams()).isEqualTo(State.NOBODY);
        assertThat(packets()).isEqualTo(State.NOBODY);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path()));
            assertThat(streams()).isEqualTo(State.LISTENING);
            assertThat(packets()).as("of another type").isEqualTo(State.BUSY);
            assertThat(SocketProbe.of(path())).isEqualTo(new SocketProbe(State.LISTENING, ""));
        }
        assertThat(path()).exists();
        assertThat(streams()).isEqualTo(State.NOBODY);
        assertThat(packets()).isEqualTo(State.NOBODY);
        assertThat(SocketProbe.of(path()).isServed()).isFalse();
        Files.delete(path());
        Files.createFile(path());
        assertThat(streams()).as("no socket").isEqualTo(State.NOBODY);
    }

    @Test
    void aListenerThatHangsIsNotWaitedFor() throws IOException {
        try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            hanging.bind(UnixDomainSocketAddress.of(path()), 1);
            first.connect(UnixDomainSocketAddress.of(path()));
            second.connect(UnixDomainSocketAddress.of(path()));
            assertThat(streams()).isEqualTo(State.BUSY);
            SocketProbe probe = SocketProbe.of(path());
            assertThat(probe.isServed()).isTrue();
            assertThat(probe.reason()).isNotEmpty();
        }
    }

    @Test
    void aListenerForPacketsThatHangsIsNotWaitedFor() {
        byte[] bytes = address();
        int server = LibC.socket(AF_UNIX, PACKETS | SocketTypes.SOCK_CLOEXEC, 0);
        try (Memory address = new Memory(bytes.length)) {
            address.write(0, bytes, 0, bytes.length);
            assertThat(LibC.bind(server, address, bytes.length)).isZero();
            assertThat(packets()).as("bound").isEqualTo(State.NOBODY);
            assertThat(LibC.listen(server, 0)).isZero();
            assertThat(packets()).isEqualTo(State.LISTENING);
            // The connection stays in the queue, although its other end is closed.
            assertThat(packets()).isEqualTo(State.BUSY);
            assertThat(SocketProbe.of(PACKETS, bytes).reason()).isEqualTo("errno 11");
        } finally {
            LibC.close(server);
        }
    }
}
