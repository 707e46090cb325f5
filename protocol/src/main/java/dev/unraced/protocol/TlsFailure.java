// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words why a TLS handshake failed. */
public final class TlsFailure {
    /** The alert of the other end, in the words of BoringSSL or of the JDK. */
    private static final Pattern ALERT = Pattern.compile("(?:ALERT_|fatal alert: )(\\w+)");

    private static final String WRONG_HOST = "the other end's certificate is not for this host name";

    private static final String REFUSED = "the other end refuses this end's certificate";

    /** The alerts of RFC 8446, section 6.2, that are about certificates. */
    private static final Map<String, String> ALERTS = Map.of(
            "certificate_expired", REFUSED + ": it has expired",
            "certificate_revoked", REFUSED + ": it is revoked",
            "certificate_unknown", REFUSED + "; its log says why",
            "certificate_required", "the other end wants a certificate",
            "bad_certificate", REFUSED + ": it is damaged, or has no wanted name",
            "unknown_ca", REFUSED + ": it knows no authority that signed it",
            // So says an end whose check of the certificate failed by an exception that has no alert of its own.
            "internal_error", REFUSED + ", or failed while it looked at it; its log says why");

    private TlsFailure() {}

    /**
     * Returns the reason of a failure by its causes; empty where TLS is none of them, or the connection merely ended
     * during the handshake.
     */
    public static Optional<String> explain(@Nullable Throwable failure) {
        String general = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof CertificateExpiredException) {
                return Optional.of("the other end's certificate has expired (" + message + ")");
            }
            if (cause instanceof CertificateNotYetValidException) {
                return Optional.of("the other end's certificate is not valid yet (" + message + ")");
            }
            if (cause instanceof CertPathBuilderException
                    || (cause instanceof CertPathValidatorException path
                            && path.getReason() == PKIXReason.NO_TRUST_ANCHOR)) {
                return Optional.of("no authority that is known at this end has signed the other end's certificate");
            }
            if (cause instanceof CertificateException
                    && (message.startsWith("No subject alternative") || message.startsWith("No name matching"))) {
                // Netty puts the names of the certificate into this message.
                return Optional.of(WRONG_HOST + " (" + message + ")");
            }
            Matcher alert = ALERT.matcher(message);
            if (alert.find()) {
                String name = alert.group(1).toLowerCase(Locale.ROOT);
                return Optional.of(ALERTS.getOrDefault(name, "the other end sent the alert " + name));
            }
            // Netty has a class of its own for this, of which each copy has another package.
            if (cause.getClass().getSimpleName().equals("NotSslRecordException")) {
                return Optional.of("the other end does not speak TLS");
            }
            if ((cause instanceof SSLException && !message.startsWith("Connection closed"))
                    || cause instanceof GeneralSecurityException) {
                // The innermost cause has the best words.
                general = message;
            }
        }
        return Optional.ofNullable(general)
                .map(text -> text.lines().findFirst().orElse(text).replaceAll("\\p{Cntrl}", "?"));
    }

    /** Returns whether a reason is that the other end's certificate is for another host. */
    public static boolean isWrongHost(String reason) {
        return reason.startsWith(WRONG_HOST);
    }
}
