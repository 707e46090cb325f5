// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.protocol.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** An authority and the certificates that it signs, made with {@code openssl}. */
final class Certificates {
    private final Path directory;

    Certificates(Path directory) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=authority",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem");
    }

    Path authority() {
        return directory.resolve("ca.pem");
    }

    /** Makes a certificate for a name of this machine. */
    TlsFiles sign(String name) throws IOException, InterruptedException {
        return sign(name, "localhost", "2");
    }

    /**
     * Makes a certificate for a name and a host.
     *
     * @param days how long it is valid; with 0 it has expired a second later
     */
    TlsFiles sign(String name, String host, String days) throws IOException, InterruptedException {
        Files.writeString(directory.resolve("ext"), "subjectAltName=DNS:" + name + ",DNS:" + host + "\n");
        openssl(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr");
        openssl(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                days,
                "-extfile",
                "ext",
                "-out",
                name + ".pem");
        return new TlsFiles(directory.resolve(name + ".pem"), directory.resolve(name + ".key"), authority());
    }

    private void openssl(String... arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder()
                .command(Stream.concat(Stream.of("openssl"), List.of(arguments).stream())
                        .toList())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("openssl.log").toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(directory.resolve("openssl.log")));
        }
    }
}
