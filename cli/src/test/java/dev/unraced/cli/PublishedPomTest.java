// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
}
