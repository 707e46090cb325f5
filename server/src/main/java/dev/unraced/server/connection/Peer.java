// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The other end of a connection, as the kernel or the certificate identifies it. */
public sealed interface Peer {

    /** Describes the peer in one line without control characters for a terminal. */
    String describe();

    /** Returns the owner of a share, which is equal for all connections of one peer. */
    default Object party() {
        return this;
    }

    /**
     * A process on this machine.
     *
     * @param pid its id in the server's pid namespace
     * @param uid its effective user when it connected, from SO_PEERCRED
     */
    record LocalProcess(int pid, int uid) implements Peer {
        @Override
        public String describe() {
            return "user " + Integer.toUnsignedString(uid) + " (process " + pid + ")";
        }

        @Override
        public Object party() {
            return "user " + Integer.toUnsignedString(uid);
        }
    }

    /**
     * A peer with a certificate that an accepted authority signed.
     *
     * @param names the subject alternative names: DNS names and URIs
     * @param subject the distinguished name
     */
    record Certified(List<String> names, String subject) implements Peer {
        public Certified {
            names = List.copyOf(names);
        }

        @Override
        public String describe() {
            return "certificate of " + printable(names.isEmpty() ? subject : String.join(", ", names));
        }
    }

    /** A peer on this machine, through a loopback port without TLS. */
    record Local() implements Peer {
        @Override
        public String describe() {
            return "somebody on this machine";
        }
    }

    /** A peer without any identity. */
    record Unknown() implements Peer {
        @Override
        public String describe() {
            return "unknown";
        }
    }

    /** Returns the peer of a call's transport. */
    static Peer of(Attributes transport, ConnectionLimiter limiter) {
        SocketAddress address = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        Peer process = address == null ? null : limiter.find(address);
        if (process != null) {
            return process;
        }
        SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session != null) {
            return certified(session);
        }
        return address instanceof InetSocketAddress inet
                        && inet.getAddress() != null
                        && inet.getAddress().isLoopbackAddress()
                ? new Local()
                : new Unknown();
    }

    private static Peer certified(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate certificate
                    ? new Certified(
                            names(certificate),
                            certificate.getSubjectX500Principal().getName())
                    : new Unknown();
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return new Unknown();
        }
    }

    private static List<String> names(X509Certificate certificate) throws CertificateParsingException {
        // The numbers are types of RFC 5280's GeneralName.
        int dnsName = 2;
        int uri = 6;
        @Nullable Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        List<String> names = new ArrayList<>();
        for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
            if (alternative.get(0) instanceof Integer type
                    && (type == dnsName || type == uri)
                    && alternative.get(1) instanceof String name) {
                names.add(name);
            }
        }
        return names;
    }

    private static String printable(String text) {
        return text.chars()
                .limit(200)
                .mapToObj(c -> c >= ' ' && c < 0x7f ? Character.toString(c) : "?")
                .collect(Collectors.joining());
    }
}
