// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs from seeds. */
class GeneratorTest {
    @Test
    void aSeedGivesTheSameProgramAndAnotherSeedAnotherOne() {
        Set<String> texts = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            String text = Hunt.text(seed, EnumSet.allOf(Kind.class));
            assertThat(text).isEqualTo(Hunt.text(seed, EnumSet.allOf(Kind.class)));
            texts.add(text);
        }
        assertThat(texts).hasSize(200);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aProgramIsReadAsItWasWritten(Kind kind) {
        for (long seed = 0; seed < 200; seed++) {
            Program program = Generator.program(seed, EnumSet.of(kind));
            assertThat(Program.parse(program.text())).isEqualTo(program);
            assertThat(program.actors()).hasSizeLessThanOrEqualTo(Program.MAX_ACTORS);
        }
    }
}
