// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.protocol.TlsFiles;
import dev.unraced.protocol.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A message about TLS names the file that is wrong, and no other. */
class TlsFilesTest {

    @Test
    void theFileThatIsWrongIsNamed(@TempDir Path directory) throws Exception {
        TlsFiles good = new Certificates(directory.resolve("tls")).sign("server");
        Path empty = Files.createFile(directory.resolve("empty.pem"));
        Path garbage = Files.writeString(directory.resolve("garbage.pem"), "garbage\n");
        Path absent = directory.resolve("absent.pem");

        for (Path wrong : new Path[] {empty, garbage}) {
            refuses(new TlsFiles(wrong, good.key(), good.authorities()), wrong + " holds no certificate in PEM format");
            refuses(new TlsFiles(good.certificate(), good.key(), wrong), wrong + " holds no certificate in PEM format");
            refuses(
                    new TlsFiles(good.certificate(), wrong, good.authorities()),
                    wrong + " holds no private key in PEM format (PKCS #8: BEGIN PRIVATE KEY)");
        }
        Path torn = Files.writeString(
                directory.resolve("torn.key"), "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----\n");
        refuses(new TlsFiles(good.certificate(), torn, good.authorities()), torn + " holds no private key");
        refuses(new TlsFiles(good.certificate(), good.certificate(), good.authorities()), "holds no private key");
        refuses(new TlsFiles(absent, good.key(), good.authorities()), "cannot read " + absent);
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsNamedWithIt(@TempDir Path directory) throws Exception {
        Certificates authority = new Certificates(directory.resolve("tls"));
        TlsFiles good = authority.sign("server");
        for (Path other : new Path[] {
            authority.sign("other").key(),
            key(directory.resolve("rsa.key"), "RSA"),
            key(directory.resolve("p384.key"), "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
        }) {
            refuses(
                    new TlsFiles(good.certificate(), other, good.authorities()),
                    other + " is not the private key of the certificate in " + good.certificate());
        }
        assertThatCode(() -> new TlsIdentity(good).close()).doesNotThrowAnyException();
    }

    @Test
    void aCertificateThatHasExpiredIsRefused(@TempDir Path directory) throws Exception {
        TlsFiles old = new Certificates(directory.resolve("tls")).sign("server", "localhost", "0");
        await().untilAsserted(() -> refuses(old, "the certificate in " + old.certificate() + " has expired, at 20"));
    }

    @Test
    void filesThatCannotBeUsedChangeNothingAndAreLoggedOnce(@TempDir Path directory) throws Exception {
        Certificates authority = new Certificates(directory.resolve("tls"));
        TlsFiles files = authority.sign("server");
        TlsFiles next = authority.sign("next");
        String certificates = Files.readString(files.authorities());
        Logger logger = (Logger) LoggerFactory.getLogger(TlsIdentity.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try (TlsIdentity identity = new TlsIdentity(files)) {
            List<X509Certificate> before = chain(identity);
            Files.writeString(files.authorities(), "garbage\n");
            Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
            await().until(() -> warnings(log) > 0);
            // Three more looks at the files.
            Thread.sleep(3_000);
            assertThat(chain(identity)).isEqualTo(before);
            assertThat(warnings(log))
                    .as("of states of three files that changed one by one")
                    .isBetween(1L, 3L);

            Files.writeString(files.authorities(), certificates);
            await().untilAsserted(() -> assertThat(chain(identity)).isNotEqualTo(before));
        } finally {
            logger.detachAppender(log);
        }
    }

    private static long warnings(ListAppender<ILoggingEvent> log) {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .count();
    }

    private static List<X509Certificate> chain(TlsIdentity identity) {
        String alias = identity.keys().chooseServerAlias("EC", new Principal[0], null);
        return List.of(identity.keys().getCertificateChain(alias));
    }

    @Test
    void aClientRefusesAKeyThatIsNotItsCertificatesBeforeItConnects(@TempDir Path directory) throws Exception {
        Certificates authority = new Certificates(directory.resolve("tls"));
        TlsFiles good = authority.sign("server");
        Path other = authority.sign("other").key();
        String message = other + " is not the private key of the certificate in " + good.certificate();
        RemoteSettings settings = RemoteSettings.of(client(good, other).build());
        assertThatThrownBy(() -> new Link(settings).close())
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aRefusedConnectionIsNamedInPlainWords(@TempDir Path directory) throws Exception {
        TlsFiles good = new Certificates(directory.resolve("tls")).sign("server");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        CaptureConfig config = client(good, good.key())
                .set("remote.address", "127.0.0.1:" + port)
                .build();
        assertThat(new RemoteDriver().availability(config).describe())
                .contains("No server answers at 127.0.0.1:" + port + ": connection refused.");
    }

    private static CaptureConfigBuilder client(TlsFiles files, Path key) {
        return CaptureConfig.builder()
                .driver("remote")
                .set("remote.address", "127.0.0.1:9")
                .set("remote.certificate", files.certificate().toString())
                .set("remote.key", key.toString())
                .set("remote.authorities", files.authorities().toString());
    }

    /** Makes a private key of another kind with OpenSSL. */
    private static Path key(Path file, String algorithm, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "genpkey", "-quiet", "-algorithm", algorithm));
        command.addAll(List.of(more));
        command.addAll(List.of("-out", file.toString()));
        assertThat(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .isZero();
        return file;
    }

    private static void refuses(TlsFiles files, String message) {
        assertThatThrownBy(() -> new TlsIdentity(files).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
