// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The shrinker makes programs short. */
class ShrinkerTest {
    private static final long PATIENCE = 10_000_000_000L;

    @Test
    void whatTheLieDoesNotNeedIsLeftOut() {
        Program program = Program.parse("""
                seed 1
                rounds 64
                actor process=0
                  open path=a/x flags=0x800
                  open path=b/x
                  ring | open path=a/x | close value=0 link | open path=b/y
                actor process=1 disturb
                  flip
                actor process=2
                  pause value=5
                """);
        Shrinker shrinker = new Shrinker(
                each -> verdict(
                        each.text().contains("close value=0") && each.text().contains("flip")),
                "file",
                1,
                PATIENCE);
        assertThat(shrinker.shrink(program).orElseThrow().program().text()).isEqualTo("""
                seed 1
                rounds 1
                actor process=0
                  ring | close value=0
                actor process=1 disturb
                  flip
                """);
    }

    @Test
    void aLieThatDoesNotComeAgainIsNotShrunk() {
        Program program = Program.parse("rounds 1\nactor process=0\n  open path=a/x\n");
        assertThat(new Shrinker(each -> verdict(false), "file", 3, PATIENCE).shrink(program))
                .isEmpty();
    }

    private static Verdict verdict(boolean lies) {
        Verdict verdict = new Verdict();
        if (lies) {
            verdict.lie(new Lie("file", "one", "another", Optional.empty(), Optional.empty()));
        }
        return verdict;
    }
}
