// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class TlsFailureTest {
    @Test
    void theReasonIsTheInnermostOne() {
        assertThat(because(new CertificateExpiredException("NotAfter: then")))
                .isEqualTo("the other end's certificate has expired (NotAfter: then)");
        assertThat(because(new CertificateNotYetValidException("NotBefore: then")))
                .isEqualTo("the other end's certificate is not valid yet (NotBefore: then)");
        assertThat(because(new CertificateException("No name matching localhost found")))
                .startsWith("the other end's certificate is not for this host name (");
        assertThat(because(new CertPathValidatorException("path", null, null, -1, PKIXReason.NO_TRUST_ANCHOR)))
                .startsWith("no authority that is known at this end");
        assertThat(because(new CertPathValidatorException("a weak algorithm\nat all")))
                .isEqualTo("a weak algorithm");
    }

    @Test
    void anAlertIsTheOtherEndsReason() {
        assertThat(because(new SSLException("error:1000:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA")))
                .isEqualTo("the other end refuses this end's certificate: it knows no authority that signed it");
        assertThat(because(new SSLException("Received fatal alert: certificate_expired")))
                .isEqualTo("the other end refuses this end's certificate: it has expired");
        assertThat(because(new SSLException("Received fatal alert: protocol_version")))
                .isEqualTo("the other end sent the alert protocol_version");
    }

    @Test
    void aConnectionThatEndsIsNoReason() {
        assertThat(TlsFailure.explain(null)).isEmpty();
        assertThat(TlsFailure.explain(new IOException("Connection refused"))).isEmpty();
        assertThat(TlsFailure.explain(new SSLException("Connection closed while SSL/TLS handshake was in progress")))
                .isEmpty();
    }

    private static String because(Exception cause) {
        Exception failure = new SSLHandshakeException("General OpenSslEngine problem");
        failure.initCause(new CertificateException("PKIX path validation failed", cause));
        return TlsFailure.explain(new IOException("io exception", failure)).orElseThrow();
    }
}
