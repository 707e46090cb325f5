// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of one end, which follow their files: new connections use a changed file a second later. Files that
 * cannot be used change nothing, and are logged. Closing stops the following.
 */
public final class TlsIdentity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
    private static final long PERIOD_MILLIS = 1000;

    private final TlsFiles files;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "unraced-tls");
        thread.setDaemon(true);
        return thread;
    });
    private final ScheduledFuture<?> following;
    private List<Object> seen;

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException when a file cannot be read or has other content; the message names it
     */
    public TlsIdentity(TlsFiles files) {
        this.files = files;
        for (Path file : all(files)) {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("cannot read " + file);
            }
        }
        requireContent(files);
        try {
            trust = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
                    .build();
            seen = fingerprint();
            read();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "the certificates in " + files.certificate() + ", " + files.key() + " and " + files.authorities()
                            + " cannot be used: " + e.getMessage(),
                    e);
        }
        following = timer.scheduleWithFixedDelay(this::follow, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Reads each file alone, and so names the one that is wrong. */
    private static void requireContent(TlsFiles files) {
        require(files.certificate(), CertificateUtils::getX509Certificates, "certificate in PEM format");
        require(files.key(), CertificateUtils::getPrivateKey, "private key in PEM format (PKCS #8: BEGIN PRIVATE KEY)");
        require(files.authorities(), CertificateUtils::getX509Certificates, "certificate in PEM format");
    }

    private interface Content {
        Object read(InputStream in) throws IOException, GeneralSecurityException;
    }

    private static void require(Path file, Content content, String what) {
        try (InputStream in = Files.newInputStream(file)) {
            if (content.read(in) instanceof Object[] certificates && certificates.length == 0) {
                throw new IllegalArgumentException(file + " holds no " + what);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " holds no " + what, e);
        }
    }

    private void read() throws IOException, GeneralSecurityException {
        keys.updateIdentityCredentials(files.certificate().toFile(), files.key().toFile());
        trust.updateTrustCredentials(files.authorities().toFile());
    }

    private void follow() {
        try {
            List<Object> now = fingerprint();
            if (!now.equals(seen)) {
                read();
                seen = now;
                LOG.info("Read the certificates again");
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // Certificate and key are two files, and the second may change a little later.
            LOG.warn("The certificates changed, but cannot be used: {}", e.getMessage());
        }
    }

    private List<Object> fingerprint() throws IOException {
        List<Object> marks = new ArrayList<>();
        for (Path file : all(files)) {
            marks.add(Files.getLastModifiedTime(file));
            marks.add(Files.size(file));
        }
        return marks;
    }

    private static List<Path> all(TlsFiles files) {
        return List.of(files.certificate(), files.key(), files.authorities());
    }

    /** Returns the certificate and its key. */
    public AdvancedTlsX509KeyManager keys() {
        return keys;
    }

    /** Returns the accepted authorities. */
    public AdvancedTlsX509TrustManager trust() {
        return trust;
    }

    @Override
    public void close() {
        following.cancel(false);
        timer.shutdownNow();
    }
}
