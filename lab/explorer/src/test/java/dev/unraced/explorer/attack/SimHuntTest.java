// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.explorer.attack.SimHunt.Explored;
import dev.unraced.sim.trace.Precaution;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random programs find no lie of the simulator, and find the lies of a simulator without a precaution. */
class SimHuntTest {
    private static final int PROGRAMS = 40;

    @ParameterizedTest
    @EnumSource(value = Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "NAIVE")
    void noEventLies(Mode mode) {
        assertThat(LongStream.range(0, PROGRAMS)
                        .mapToObj(seed -> SimHunt.explore(seed, mode))
                        .filter(explored -> explored.lie().isPresent()))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Precaution.class,
            names = {"OVERLAPS", "BLOCKS", "BATCHES", "NAMESPACES", "PORTS"})
    void aMissingPrecautionIsFound(Precaution precaution) {
        assertThat(LongStream.range(0, 2_000)
                        .filter(seed -> lies(seed, precaution))
                        .findFirst())
                .as("a program that shows the lie")
                .isPresent();
    }

    /** The program replaces the descriptor of a request, whose argument is the kernel's own copy. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"OFF", "STASH"})
    void aMatchOfTheKernelsCopySaysNothingAboutTheObject(Mode mode) {
        assertThat(SimHunt.explore(816_382_043, mode).lie()).isEmpty();
    }

    /** The file is renamed there and back while the batch of its request runs, and the observer looks in between. */
    @Test
    void aPlaceThatTheFileHadBetweenTwoRequestsIsNoLie() {
        assertThat(SimHunt.explore(931_926_764, Mode.STASH).lie()).isEmpty();
    }

    @Test
    void theSameSeedMakesTheSameProgram() {
        assertThat(SimHunt.explore(42, Mode.STASH)).isEqualTo(SimHunt.explore(42, Mode.STASH));
    }

    private static boolean lies(long seed, Precaution precaution) {
        Explored explored = SimHunt.explore(SimHunt.program(seed).naive(precaution), seed, Mode.NAIVE);
        return explored.lie().isPresent();
    }
}
