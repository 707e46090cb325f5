// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import static dev.unraced.explorer.Instruction.Op.ADD;
import static dev.unraced.explorer.Instruction.Op.READ;
import static dev.unraced.explorer.Instruction.Op.SKIP_IF_SET;
import static dev.unraced.explorer.Instruction.Op.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MinimizerTest {
    @Test
    void leavesTheSwitchesThatMatter() {
        // Thread 0 finds the variable unset and set later, so thread 1 has to come between; thread 2 does not matter.
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                List.of(Instruction.of(READ, 0), Instruction.of(READ, 0), Instruction.of(READ, 1)),
                List.of(Instruction.of(READ, 2), Instruction.of(WRITE, 0), Instruction.of(READ, 2)),
                ProgramWorld.repeat(4, Instruction.of(ADD, 3)));
        Judge<ProgramWorld, Boolean> between = (world, execution) -> {
            List<Integer> order = execution.steps().stream()
                    .filter(step -> ((Instruction) step.label()).on() == 0)
                    .map(Step::thread)
                    .toList();
            return order.equals(List.of(0, 1, 0));
        };
        Schedule tangled = Schedule.of(2, 1, 0, 2, 1, 2, 0, 1, 2, 0);
        assertThat(between.judge(worlds.get(), Replay.run(worlds, tangled).execution()))
                .isTrue();

        Schedule minimal = Minimizer.minimize(worlds, between, tangled);

        assertThat(minimal.switches()).isEqualTo(3);
        assertThat(between.judge(worlds.get(), Replay.run(worlds, minimal).execution()))
                .isTrue();
    }

    @Test
    void findsTheKnownMinimumOfATornUpdate() {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                List.of(Instruction.of(READ, 0), Instruction.of(READ, 0), Instruction.of(READ, 0)),
                ProgramWorld.repeat(3, Instruction.of(ADD, 0)));
        Judge<ProgramWorld, Boolean> torn = (world, execution) -> {
            Schedule schedule = execution.schedule();
            return schedule.thread(0) == 0 && schedule.thread(5) == 0;
        };

        assertThat(Minimizer.minimize(worlds, torn, Schedule.parse("0 1 0 1*2 0"))
                        .switches())
                .isEqualTo(2);
    }

    @Test
    void prefersFewerSwitchesThenFewerSteps() {
        // Thread 0 skips its write if thread 1 was first, which saves one step.
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                List.of(Instruction.of(SKIP_IF_SET, 0), Instruction.of(WRITE, 1)),
                List.of(Instruction.of(WRITE, 0), Instruction.of(READ, 2)));

        Schedule minimal = Minimizer.minimize(worlds, (world, execution) -> true, Schedule.parse("0 1 0 1"));

        assertThat(minimal).hasToString("1*2 0");
    }

    @Test
    void completesWhatCannotBeMadeSimpler() {
        Supplier<ProgramWorld> worlds =
                ProgramWorld.of(List.of(Instruction.of(WRITE, 0)), List.of(Instruction.of(WRITE, 0)));

        Schedule minimal = Minimizer.minimize(worlds, (world, execution) -> world.variable(0), Schedule.parse("9 1 1"));

        assertThat(minimal).hasToString("1 0");
    }
}
