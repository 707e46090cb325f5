// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedPomTest {

    /**
     * The parent's management of versions does not reach an agent that uses the BOM. Maven gives it the version that is
     * nearest, so the API has to depend on Guava itself, or Guice's old one comes.
     */
    @Test
    void anAgentGetsTheGuavaThatIsTestedHere() throws IOException {
        assertThat(Files.readString(Path.of("../api/pom.xml")))
                .containsPattern("<artifactId>guava</artifactId>\\s*</dependency>");
        assertThat(Files.readString(Path.of("../pom.xml")))
                .containsPattern("<artifactId>guava</artifactId>\\s*<version>\\$\\{guava.version\\}</version>");
    }

    /** An element with attributes is there, too; and without them each module would have addresses that are none. */
    @Test
    void theCheckOfAReleaseReadsTheAttributesOfTheSource(@TempDir Path folder)
            throws IOException, InterruptedException {
        String parent = Files.readString(Path.of("../pom.xml"));
        Path published = folder.resolve("unraced-parent-9.9.9.pom");
        Files.writeString(published, parent);
        Files.writeString(folder.resolve("unraced-api-9.9.9.pom"), Files.readString(Path.of("../api/pom.xml")));
        assertThat(checked(folder)).contains("missing: unraced-api-9.9.9.jar").doesNotContain(": no ");
        Files.writeString(published, parent.replace(" child.scm.url.inherit.append.path=\"false\"", ""));
        assertThat(checked(folder)).contains("no child.scm.url.inherit.append.path=\"false\"");
        Files.writeString(published, parent.replaceAll("(?s)<scm.*</scm>", ""));
        assertThat(checked(folder)).contains("unraced-parent-9.9.9.pom: no scm");
    }

    private static String checked(Path folder) throws IOException, InterruptedException {
        Process release = new ProcessBuilder("../packaging/release", "--check", "9.9.9", folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(release.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(release.waitFor()).as(said).isEqualTo(1);
        return said;
    }
}
