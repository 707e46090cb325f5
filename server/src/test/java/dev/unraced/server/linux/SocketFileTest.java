// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.capture.CaptureException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests which users the folders of a socket let in, and who owns them. */
class SocketFileTest {
    private static final Owner NOBODY = new Owner(65_534, 65_534);

    @TempDir
    private Path folder;

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private SocketFile socket() {
        return new SocketFile(folder.resolve("closed/socket"));
    }

    private Path closed(String permissions) throws IOException {
        Path closed = Files.createDirectories(folder.resolve("closed"));
        return Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aFolderThatKeepsOutSomeWhomTheModeLetsInIsFound() throws IOException {
        Path closed = closed("rwx------");
        assertThat(socket().obstacle(0666, null)).isEqualTo(closed);
        assertThat(socket().obstacle(0660, NOBODY)).isEqualTo(closed);
        assertThat(socket().obstacle(0600, NOBODY)).isEqualTo(closed);
        assertThat(socket().obstacle(0600, null)).as("its owner alone").isNull();
        assertThat(socket().obstacle(0660, null)).as("root's group is root's").isNull();
    }

    @Test
    void aFolderThatIsOpenIsNone() throws IOException {
        closed("rwx--x--x");
        assertThat(socket().obstacle(0666, NOBODY)).isNull();
    }

    @Test
    void onlyOneFolderIsMadeOutsideOfRun() {
        SocketFile mistyped = new SocketFile(folder.resolve("nonexistent/dir/socket"));
        assertThatThrownBy(mistyped::prepare)
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("There is no folder " + folder.resolve("nonexistent"));
        assertThat(folder.resolve("nonexistent")).doesNotExist();

        new SocketFile(folder.resolve("one/socket")).prepare();
        assertThat(folder.resolve("one")).isDirectory();
    }

    /** Each finds the socket of a dead server, which only one may remove. */
    @Test
    void ofServersThatStartAtOnceOneListens() throws Exception {
        Path path = folder.resolve("socket");
        for (int round = 0; round < 20; round++) {
            ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            dead.bind(UnixDomainSocketAddress.of(path));
            dead.close();
            List<FutureTask<ServerSocketChannel>> servers = Stream.generate(() -> new FutureTask<>(() -> begin(path)))
                    .limit(4)
                    .toList();
            servers.forEach(server -> new Thread(server).start());
            List<ServerSocketChannel> listening = new ArrayList<>();
            for (FutureTask<ServerSocketChannel> server : servers) {
                try {
                    listening.add(server.get());
                } catch (ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOf(CaptureException.class)
                            .hasMessageContaining("Another server listens at " + path);
                }
            }
            assertThat(listening).as("servers that listen").hasSize(1);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).containsExactly(path);
            }
            listening.get(0).close();
            Files.delete(path);
        }
    }

    private static ServerSocketChannel begin(Path path) throws IOException {
        SocketFile file = new SocketFile(path);
        try (StartLock turn = file.lock()) {
            file.prepare();
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        }
    }

    @Test
    void theSocketOfAnotherServerStays() throws IOException {
        Path path = folder.resolve("socket");
        SocketFile first = new SocketFile(path);
        try (ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            bound.bind(UnixDomainSocketAddress.of(path));
            first.grant(0600, null);
            Files.move(path, folder.resolve("moved"));
            try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                other.bind(UnixDomainSocketAddress.of(path));
                first.delete();
                assertThat(path).exists();
            }
        }
    }

    @Test
    void aLinkToTheSocketIsNotTheSocket() throws IOException {
        Path path = folder.resolve("socket");
        SocketFile file = new SocketFile(path);
        try (ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            bound.bind(UnixDomainSocketAddress.of(path));
            file.grant(0600, null);
            Path moved = Files.move(path, folder.resolve("moved"));
            Files.createSymbolicLink(path, moved);
            file.delete();
            assertThat(path).isSymbolicLink();
            Files.delete(path);
            Files.move(moved, path);
            file.delete();
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void aServerThatHasNotBoundDeletesNothing() throws IOException {
        Path path = Files.createFile(folder.resolve("socket"));
        SocketFile file = new SocketFile(path);
        file.delete();
        assertThat(path).exists();
    }

    @Test
    void aServerThatHangsIsNotWaitedForAndKeepsItsSocket() throws IOException {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            hanging.bind(UnixDomainSocketAddress.of(path), 1);
            first.connect(UnixDomainSocketAddress.of(path));
            second.connect(UnixDomainSocketAddress.of(path));
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> assertThatThrownBy(() -> new SocketFile(path).prepare())
                            .isInstanceOf(CaptureException.class)
                            .hasMessageContaining("Another server listens at " + path));
        }
        new SocketFile(path).prepare();
        assertThat(path).doesNotExist();
    }

    @Test
    void aFolderThatWasMadeGoesToTheUserWhoHasToRemoveTheSocket() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root gives files away");
        SocketFile made = socket();
        made.prepare();
        made.handOver(NOBODY);
        assertThat(Files.getAttribute(folder.resolve("closed"), "unix:uid")).isEqualTo(NOBODY.uid());

        SocketFile found = new SocketFile(folder.resolve("socket"));
        found.prepare();
        found.handOver(NOBODY);
        assertThat(Files.getAttribute(folder, "unix:uid")).isEqualTo(0);
    }
}
