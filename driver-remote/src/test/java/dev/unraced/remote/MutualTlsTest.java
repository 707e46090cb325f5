// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.TlsFiles;
import dev.unraced.server.Captures;
import dev.unraced.server.GrpcServer;
import dev.unraced.server.Limits;
import dev.unraced.server.ServerSettings;
import dev.unraced.server.connection.Access;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Tests that TCP needs a certificate of both ends. */
@Timeout(120)
class MutualTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Firehose hose = new Firehose();
    private final RemoteDriver driver = new RemoteDriver();

    private Captures captures() {
        return new Captures(
                hose,
                () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
                true,
                Limits.standard(),
                true);
    }

    private static ServerSettings tcp(String host) {
        return ServerSettings.at(new Address.Tcp(host, 0));
    }

    private static CaptureConfigBuilder client(GrpcServer server, TlsFiles files, Path authorities) {
        return CaptureConfig.builder()
                .driver("remote")
                .ringBytes(1 << 20)
                .set("remote.address", server.addresses().get(0).toString())
                .set("remote.certificate", files.certificate().toString())
                .set("remote.key", files.key().toString())
                .set("remote.authorities", authorities.toString())
                .set("remote.patience-ms", 5000);
    }

    private void assertRefused(CaptureConfig config, String... why) {
        Availability availability = driver.availability(config);
        assertThat(availability.isAvailable()).isFalse();
        assertThat(availability.describe()).contains(why);
    }

    @Test
    void onlyKnownCertificatesSubscribe(@TempDir Path directory) throws IOException, InterruptedException {
        Certificates ours = new Certificates(directory.resolve("ours"));
        Certificates theirs = new Certificates(directory.resolve("theirs"));
        TlsFiles server = ours.sign("server");
        TlsFiles agent = ours.sign("agent");
        TlsFiles other = ours.sign("other");
        Access access = new Access(Set.of(), List.of("agent"), Set.of(), List.of());
        try (Captures captures = captures();
                GrpcServer listening =
                        GrpcServer.start(tcp("localhost").tls(server).access(access), captures)) {
            try (Capture capture =
                    driver.open(client(listening, agent, ours.authority()).build())) {
                hose.make(10, 1);
                int seen = 0;
                while (seen < 10) {
                    seen += capture.await(event -> {}, 10, TimeUnit.SECONDS.toNanos(10));
                }
                assertThat(capture.stats().delivered()).isEqualTo(10);
            }
            assertRefused(client(listening, other, ours.authority()).build(), "NOT_ALLOWED", "certificate of other");
            CaptureConfig foreign =
                    client(listening, theirs.sign("agent"), ours.authority()).build();
            // The server may break the connection before its alert is read.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertRefused(foreign, "TLS_FAILED", "refuses this end's certificate"));
            assertRefused(
                    client(listening, agent, theirs.authority()).build(),
                    "TLS_FAILED",
                    "no authority that is known at this end");
            assertRefused(
                    client(listening, agent, ours.authority())
                            .set("remote.certificate", "")
                            .set("remote.key", "")
                            .set("remote.authorities", "")
                            .set("remote.plaintext", true)
                            .build(),
                    "NO_SERVER");
        }
    }

    @Test
    void bothEndsSayWhyAHandshakeFailed(@TempDir Path directory) throws IOException, InterruptedException {
        Certificates ours = new Certificates(directory);
        TlsFiles agent = ours.sign("agent");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.unraced.server.connection.HandshakeLog");
        logger.addAppender(log);
        log.start();
        try (Captures captures = captures()) {
            assertRefused(
                    ours.sign("elsewhere", "elsewhere.example", "2"),
                    captures,
                    agent,
                    "TLS_FAILED",
                    "not for this host name (",
                    "[DNS:elsewhere, DNS:elsewhere.example]",
                    "Set unraced.remote.server-name to a name of this certificate");
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(1)
                .allMatch(line -> line.startsWith("The TLS handshake with /127.0.0.1:"))
                .allMatch(line -> line.contains("failed: the other end refuses this end's certificate"));
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, false", "::, true"})
    void allAddressesOfIpv4AreNoneOfIpv6(String host, boolean both, @TempDir Path directory)
            throws IOException, InterruptedException {
        TlsFiles files = new Certificates(directory).sign("server");
        try (Captures captures = captures();
                GrpcServer listening = GrpcServer.start(tcp(host).tls(files), captures)) {
            int port = ((Address.Tcp) listening.addresses().get(0)).port();
            assertThat(listens("127.0.0.1", port)).isTrue();
            assertThat(listens("::1", port)).isEqualTo(both);
        }
    }

    private static boolean listens(String host, int port) throws IOException {
        try (SocketChannel peer = SocketChannel.open(new InetSocketAddress(host, port))) {
            return peer.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    /** Asserts that this machine refuses a server, or that server it, with a reason. */
    private void assertRefused(TlsFiles server, Captures captures, TlsFiles agent, String... why) {
        try (GrpcServer listening = GrpcServer.start(tcp("localhost").tls(server), captures)) {
            CaptureConfig config = client(listening, agent, agent.authorities()).build();
            await().atMost(PATIENCE).untilAsserted(() -> assertRefused(config, why));
        }
    }

    @Test
    void oneCertificateHasAShareAndLeavesTheRestToOthers(@TempDir Path directory)
            throws IOException, InterruptedException {
        Certificates ours = new Certificates(directory);
        TlsFiles agent = ours.sign("agent");
        try (Captures captures = captures();
                GrpcServer listening = GrpcServer.start(
                        tcp("localhost").tls(ours.sign("server")).limits(new Limits(4, 0, 16, 1 << 20)), captures);
                Capture first =
                        driver.open(client(listening, agent, ours.authority()).build())) {
            assertThat(first.isOpen()).isTrue();
            CaptureConfig second = client(listening, agent, ours.authority()).build();
            assertThatThrownBy(() -> driver.open(second))
                    .hasMessageContaining("certificate of agent")
                    .hasMessageContaining("has its share of 1 subscriptions already");
            try (Capture other = driver.open(
                    client(listening, ours.sign("other"), ours.authority()).build())) {
                assertThat(other.isOpen()).isTrue();
            }
        }
    }

    @Test
    void certificatesAreReadAgainWhenTheyChange(@TempDir Path directory) throws IOException, InterruptedException {
        Certificates first = new Certificates(directory.resolve("first"));
        Certificates second = new Certificates(directory.resolve("second"));
        TlsFiles server = first.sign("server");
        try (Captures captures = captures();
                GrpcServer listening = GrpcServer.start(tcp("localhost").tls(server), captures)) {
            CaptureConfig later =
                    client(listening, second.sign("agent"), second.authority()).build();
            assertRefused(later, "TLS_FAILED", "no authority that is known at this end");
            TlsFiles fresh = second.sign("server");
            Files.copy(fresh.authorities(), server.authorities(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(fresh.key(), server.key(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(fresh.certificate(), server.certificate(), StandardCopyOption.REPLACE_EXISTING);
            await().atMost(PATIENCE).until(() -> driver.availability(later).isAvailable());
        }
    }

    @Test
    void aPortScanAndGarbageChangeNothing(@TempDir Path directory) throws IOException, InterruptedException {
        Certificates ours = new Certificates(directory);
        try (Captures captures = captures();
                GrpcServer listening = GrpcServer.start(tcp("localhost").tls(ours.sign("server")), captures);
                Capture capture = driver.open(
                        client(listening, ours.sign("agent"), ours.authority()).build())) {
            InetSocketAddress port = new InetSocketAddress(
                    "localhost", ((Address.Tcp) listening.addresses().get(0)).port());
            Random random = new Random(7);
            for (int i = 0; i < 200; i++) {
                try (SocketChannel channel = SocketChannel.open(port)) {
                    byte[] garbage = new byte[random.nextInt(4096)];
                    random.nextBytes(garbage);
                    // A scanner says nothing, a browser speaks without TLS, and some peers begin as TLS does.
                    byte[] begin = switch (i % 4) {
                        case 0 -> new byte[0];
                        case 1 -> "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
                        case 2 -> new byte[] {22, 3, 1, 2, 0, 1};
                        default -> "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
                    };
                    channel.write(ByteBuffer.wrap(begin));
                    if (i % 4 != 0) {
                        channel.write(ByteBuffer.wrap(garbage));
                    }
                } catch (IOException e) {
                    // The server may hang up before it has read all.
                    assertThat(e).message().containsAnyOf("roken pipe", "onnection reset");
                }
            }
            hose.make(100, 1);
            int seen = 0;
            while (seen < 100) {
                int count = capture.await(event -> {}, 100, TimeUnit.SECONDS.toNanos(20));
                assertThat(count).isPositive();
                seen += count;
            }
            assertThat(capture.stats().totalLost()).isZero();
            assertThat(captures.shared().orElseThrow().subscribers()).isEqualTo(1);
        }
    }

    @Test
    void plaintextIsForLoopbackAndOnlyWhenAsked() {
        try (Captures captures = captures()) {
            assertThatThrownBy(() -> GrpcServer.start(tcp("0.0.0.0"), captures))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("anybody could read the events")
                    .hasMessageContaining("--certificate");
            assertThatThrownBy(() -> GrpcServer.start(tcp("127.0.0.1"), captures))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("--plaintext");
        }
        assertThatThrownBy(() -> driver.open(CaptureConfig.builder()
                        .driver("remote")
                        .set("remote.address", "192.0.2.1:1")
                        .set("remote.plaintext", true)
                        .build()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("for this machine alone");
    }
}
