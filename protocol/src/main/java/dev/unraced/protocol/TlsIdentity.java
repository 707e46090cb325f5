// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
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
    private volatile Expiry expiry;
    /** The last state of the files that could not be used, which is logged once. */
    private List<Object> refused = List.of();

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
        } catch (Unusable e) {
            throw new IllegalArgumentException(e.getMessage(), e);
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
        Object found;
        try (InputStream in = Files.newInputStream(file)) {
            found = content.read(in);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // The library throws exceptions of no common kind at bytes that are no base64.
            throw new IllegalArgumentException(file + " holds no " + what, e);
        }
        if (found instanceof Object[] certificates && certificates.length == 0) {
            throw new IllegalArgumentException(file + " holds no " + what);
        }
    }

    /** A certificate that can be read, and of which the message says why it cannot be used. */
    private static final class Unusable extends GeneralSecurityException {
        Unusable(String message) {
            super(message);
        }
    }

    private void read() throws IOException, GeneralSecurityException {
        Pair pair = Pair.read(files);
        if (!pair.fits()) {
            throw new Unusable(files.key() + " is not the private key of the certificate in " + files.certificate());
        }
        X509Certificate own = pair.chain().get(0);
        Instant now = Instant.now();
        if (now.isAfter(own.getNotAfter().toInstant())) {
            throw new Unusable("the certificate in " + files.certificate() + " has expired, at "
                    + own.getNotAfter().toInstant());
        }
        if (now.isBefore(own.getNotBefore().toInstant())) {
            throw new Unusable("the certificate in " + files.certificate() + " is not valid before "
                    + own.getNotBefore().toInstant());
        }
        // Nothing changes before all files were read, and what can still fail changes first.
        trust.updateTrustCredentials(certificates(files.authorities()));
        keys.updateIdentityCredentials(pair.chain().toArray(new X509Certificate[0]), pair.key());
        expiry = new Expiry(own.getNotBefore().toInstant(), own.getNotAfter().toInstant());
        expiry.warn(now, files);
    }

    private static X509Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] found = CertificateUtils.getX509Certificates(in);
            if (found.length == 0) {
                throw new CertificateException(file + " holds no certificate");
            }
            return found;
        }
    }

    /** A certificate with its chain, and what should be its key. */
    private record Pair(List<X509Certificate> chain, PrivateKey key) {
        private static final byte[] SAMPLE = "unraced".getBytes(StandardCharsets.US_ASCII);

        static Pair read(TlsFiles files) throws IOException, GeneralSecurityException {
            try (InputStream key = Files.newInputStream(files.key())) {
                return new Pair(List.of(certificates(files.certificate())), CertificateUtils.getPrivateKey(key));
            }
        }

        /** Returns whether the certificate verifies what the key signs. */
        boolean fits() throws GeneralSecurityException {
            PublicKey published = chain.get(0).getPublicKey();
            if (!published.getAlgorithm().equals(key.getAlgorithm())) {
                return false;
            }
            String algorithm = switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
            };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(published);
            signature.update(SAMPLE);
            try {
                return signature.verify(signed);
            } catch (SignatureException e) {
                // The signature of a key on another curve, or of another length, is malformed to this one.
                return false;
            }
        }
    }

    /** When a certificate begins and ends. Warns of the end once a day; for one thread at a time. */
    private static final class Expiry {
        private static final Duration LAST_DAYS = Duration.ofDays(14);

        private final Instant end;
        private Instant next;

        Expiry(Instant begin, Instant end) {
            this.end = end;
            // A certificate that is made anew every day is in its last days from the beginning.
            Duration lastThird = Duration.between(begin, end).dividedBy(3);
            this.next = end.minus(lastThird.compareTo(LAST_DAYS) < 0 ? lastThird : LAST_DAYS);
        }

        void warn(Instant now, TlsFiles files) {
            if (now.isBefore(next)) {
                return;
            }
            next = now.plus(Duration.ofDays(1));
            LOG.warn(
                    "The certificate in {} {} at {}",
                    files.certificate(),
                    now.isAfter(end) ? "expired" : "expires",
                    end);
        }
    }

    private void follow() {
        expiry.warn(Instant.now(), files);
        List<Object> now = fingerprint();
        if (now.equals(seen)) {
            return;
        }
        try {
            read();
            seen = now;
            LOG.info("Read the certificates again");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // Certificate and key are two files, and the second may change a little later.
            if (!now.equals(refused)) {
                refused = now;
                LOG.warn("The certificates changed, but cannot be used: {}", e.getMessage());
            }
        }
    }

    private List<Object> fingerprint() {
        List<Object> marks = new ArrayList<>();
        for (Path file : all(files)) {
            try {
                marks.add(Files.getLastModifiedTime(file));
                marks.add(Files.size(file));
            } catch (IOException e) {
                marks.add(e.toString());
            }
        }
        return marks;
    }

    private static List<Path> all(TlsFiles files) {
        return List.of(files.certificate(), files.key(), files.authorities());
    }

    /** Returns when the certificate that is in use expires. */
    public Instant end() {
        return expiry.end;
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
