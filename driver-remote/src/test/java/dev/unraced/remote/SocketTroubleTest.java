// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.unraced.capture.Availability;
import dev.unraced.config.CaptureConfig;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the reasons why a UNIX socket does not answer. */
class SocketTroubleTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private Availability availability(Path socket) {
        CaptureConfig config = CaptureConfig.builder()
                .driver(RemoteDriver.NAME)
                .set("remote.address", "unix:" + socket)
                .set("remote.patience-ms", 2_000)
                .build();
        return assertTimeoutPreemptively(SOON, () -> new RemoteDriver().availability(config));
    }

    @Test
    void aServerThatTakesNoConnectionIsNotWaitedFor() throws IOException {
        Path socket = folder.resolve("s.sock");
        try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            hanging.bind(UnixDomainSocketAddress.of(socket), 1);
            first.connect(UnixDomainSocketAddress.of(socket));
            second.connect(UnixDomainSocketAddress.of(socket));
            assertThat(availability(socket)).isInstanceOfSatisfying(Availability.Unavailable.class, found -> {
                assertThat(found.code()).isEqualTo("NO_ANSWER");
                assertThat(found.missing()).contains("unix:" + socket + " takes no connection");
            });
        }
        assertThat(availability(socket)).isInstanceOfSatisfying(Availability.Unavailable.class, found -> {
            assertThat(found.code()).isEqualTo("NO_SERVER");
            assertThat(found.missing()).contains("a server that was killed");
        });
    }
}
