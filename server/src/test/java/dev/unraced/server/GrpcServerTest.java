// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.protocol.Address;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests which socket file is gone when a server has ended. */
@Timeout(60)
class GrpcServerTest {
    @TempDir
    private Path folder;

    private final Captures captures =
            new Captures(mock(Driver.class), CaptureConfig::builder, true, new Limits(2, 1, 16, 1 << 16), false);
    private Path path;
    private GrpcServer server;

    @BeforeEach
    void start() {
        path = folder.resolve("socket");
        server = GrpcServer.start(ServerSettings.at(new Address.Unix(path.toString())), captures);
    }

    @AfterEach
    void close() {
        server.close();
        captures.close();
    }

    @Test
    void aServerThatEndsTakesItsSocketAway() {
        assertThat(path).exists();
        server.close();
        assertThat(path).doesNotExist();
    }

    @Test
    void aServerThatEndsLeavesTheSocketThatAnotherServerHasBoundInItsPlace() throws IOException {
        Path moved = Files.move(path, folder.resolve("moved"));
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(path));
            server.close();
            assertThat(path).exists();
            assertThat(moved).exists();
        }
    }
}
