// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.protocol.TlsFiles;
import dev.unraced.protocol.TlsIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        refuses(new TlsFiles(good.certificate(), good.certificate(), good.authorities()), "holds no private key");
        refuses(new TlsFiles(absent, good.key(), good.authorities()), "cannot read " + absent);
    }

    private static void refuses(TlsFiles files, String message) {
        assertThatThrownBy(() -> new TlsIdentity(files).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
