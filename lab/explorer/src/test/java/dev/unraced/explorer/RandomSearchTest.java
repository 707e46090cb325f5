// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import static dev.unraced.explorer.Instruction.Op.ADD;
import static dev.unraced.explorer.Instruction.Op.READ;
import static dev.unraced.explorer.Instruction.Op.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomSearchTest {
    private static final Judge<ProgramWorld, String> STATE = (world, execution) -> world.state();

    /** Thread 1's only write falls between thread 0's two reads, in the middle of 40 steps that do not matter. */
    private static final Supplier<ProgramWorld> RARE = ProgramWorld.of(
            join(
                    ProgramWorld.local(20),
                    List.of(Instruction.of(READ, 0), Instruction.of(READ, 0)),
                    ProgramWorld.local(20)),
            join(ProgramWorld.local(5), List.of(Instruction.of(WRITE, 0)), ProgramWorld.local(5)));

    private static final Judge<ProgramWorld, Boolean> WRITTEN_BETWEEN = (world, execution) -> {
        List<Step> reads = execution.steps().stream()
                .filter(step -> !step.footprint().isEmpty())
                .toList();
        return reads.get(1).thread() == 1;
    };

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3})
    void repeatsItselfWithTheSameSeed(int changePoints) {
        RandomSearch<ProgramWorld> search =
                search(ProgramWorld.random(1, 4, 6, 2), changePoints).executions(200);

        assertThat(search.seed(5).run(STATE)).isEqualTo(search.seed(5).run(STATE));
        assertThat(search.seed(5).run(STATE).examples())
                .isNotEqualTo(search.seed(500).run(STATE).examples());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void repeatsAnExecutionByItsOwnSeedAndByItsSchedule(int changePoints) {
        Supplier<ProgramWorld> worlds = ProgramWorld.random(1, 4, 6, 2);
        RandomSearchResult<String> found =
                search(worlds, changePoints).executions(300).run(STATE);

        assertThat(found.verdicts()).hasSizeGreaterThan(2);
        found.examples().forEach((verdict, example) -> {
            RandomSearchResult<String> again = search(worlds, changePoints)
                    .seed(example.seed())
                    .executions(1)
                    .run(STATE);
            assertThat(again.examples()).containsOnlyKeys(verdict).containsValue(example);
            assertThat(Replay.run(worlds, example.schedule()).world().state()).isEqualTo(verdict);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void findsARareOrderAndStopsThere(int changePoints) {
        RandomSearchResult<Boolean> found =
                search(RARE, changePoints).executions(20_000).runUntil(WRITTEN_BETWEEN, verdict -> verdict);

        assertThat(found.verdicts()).containsEntry(true, 1L);
        assertThat(found.executions()).isGreaterThan(1).isLessThan(20_000);
        assertThat(found.examples().get(true).seed()).isEqualTo(found.executions() - 1);
    }

    @Test
    void withoutChangePointsAThreadRunsUntilItCannot() {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                ProgramWorld.repeat(3, Instruction.of(ADD, 0)),
                ProgramWorld.repeat(3, Instruction.of(ADD, 0)),
                ProgramWorld.repeat(3, Instruction.of(ADD, 0)));

        RandomSearchResult<String> found = search(worlds, 0).executions(500).run(STATE);

        assertThat(found.examples().values())
                .hasSize(6)
                .allSatisfy(example -> assertThat(example.schedule().switches()).isEqualTo(2));
        assertThat(found.verdicts().values()).allMatch(count -> count > 40);
    }

    @Test
    void aChangePointIsASwitch() {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                ProgramWorld.repeat(4, Instruction.of(ADD, 0)), ProgramWorld.repeat(4, Instruction.of(ADD, 0)));

        RandomSearchResult<String> found = search(worlds, 1).executions(500).run(STATE);

        assertThat(found.examples().values())
                .extracting(example -> example.schedule().toString())
                .contains("0*3 1*4 0", "1 0*4 1*3")
                .allSatisfy(text -> assertThat(Schedule.parse(text).switches()).isLessThanOrEqualTo(2));
    }

    @Test
    void refusesNonsense() {
        RandomSearch<ProgramWorld> search = RandomSearch.of(RARE);

        assertThatThrownBy(() -> search.executions(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> search.priorities(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static RandomSearch<ProgramWorld> search(Supplier<ProgramWorld> worlds, int changePoints) {
        RandomSearch<ProgramWorld> search = RandomSearch.of(worlds);
        return changePoints < 0 ? search : search.priorities(changePoints);
    }

    @SafeVarargs
    private static List<Instruction> join(List<Instruction>... parts) {
        List<Instruction> all = new ArrayList<>();
        for (List<Instruction> part : parts) {
            all.addAll(part);
        }
        return all;
    }
}
