// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.TlsFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The settings from the driver's own section of a configuration. */
record RemoteSettings(
        Address address,
        boolean ownCapture,
        Optional<TlsFiles> tls,
        boolean plaintext,
        Optional<String> serverName,
        long patienceMillis,
        long maxPauseMillis) {
    private static final String SECTION = "unraced.remote.";

    /**
     * Reads and checks the section.
     *
     * @throws InvalidConfigException with all problems of the section
     */
    static RemoteSettings of(CaptureConfig config) {
        ConfigSection own = config.section(RemoteDriver.NAME);
        List<String> problems = new ArrayList<>();
        Address address = address(own.string("address"), problems);
        long patience = number(own, "patience-ms", 100, problems);
        long pause = number(own, "max-pause-ms", 10, problems);
        Optional<TlsFiles> tls = tls(own, problems);
        boolean plaintext = own.flag("plaintext");
        if (address instanceof Address.Tcp tcp && own.string("certificate").isEmpty()) {
            if (!plaintext) {
                problems.add(SECTION + "address = " + tcp + " needs certificate, key and authorities in " + SECTION
                        + "*, or plaintext = on when the server says so");
            } else if (!tcp.isLoopback()) {
                problems.add(SECTION + "plaintext = on is for this machine alone, not for " + tcp);
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        String name = own.string("server-name");
        return new RemoteSettings(
                address,
                own.flag("own-capture"),
                tls,
                plaintext,
                name.isEmpty() ? Optional.empty() : Optional.of(name),
                patience,
                pause);
    }

    private static Address address(String text, List<String> problems) {
        try {
            return Address.parse(text);
        } catch (IllegalArgumentException e) {
            problems.add(SECTION + "address: " + e.getMessage());
            return new Address.Unix("/");
        }
    }

    private static long number(ConfigSection own, String key, long least, List<String> problems) {
        long value = own.number(key);
        if (value < least || value > 600_000) {
            problems.add(SECTION + key + " = " + value + "; allowed: " + least + " to 600000");
        }
        return value;
    }

    private static Optional<TlsFiles> tls(ConfigSection own, List<String> problems) {
        String certificate = own.string("certificate");
        String key = own.string("key");
        String authorities = own.string("authorities");
        if (certificate.isEmpty() && key.isEmpty() && authorities.isEmpty()) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty() || authorities.isEmpty()) {
            problems.add(SECTION + "certificate, key and authorities go together: TLS is mutual here");
            return Optional.empty();
        }
        Optional<Path> ofCertificate = own.path("certificate", problems);
        Optional<Path> ofKey = own.path("key", problems);
        Optional<Path> ofAuthorities = own.path("authorities", problems);
        return ofCertificate.isEmpty() || ofKey.isEmpty() || ofAuthorities.isEmpty()
                ? Optional.empty()
                : Optional.of(new TlsFiles(ofCertificate.get(), ofKey.get(), ofAuthorities.get()));
    }
}
